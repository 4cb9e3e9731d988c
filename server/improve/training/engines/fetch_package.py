"""Fetches the package of a launch into this folder, and becomes the wrapper beside it. For engines that keep no packages themselves.

Only Python's standard library, from 3.8 on. LEEWAY_URL, LEEWAY_LAUNCH and LEEWAY_LAUNCH_TOKEN say which package, the argument its SHA-256.
"""

import hashlib
import os
import sys
import time
import urllib.error
import urllib.request
import zipfile

ARCHIVE = ".leeway-package.zip"
# While Leeway restarts, a machine waits; longer it only costs.
PATIENCE_SECONDS = 600


def fetch(url, token, sha256):
    """Write the package to a file, checking what came."""
    digest = hashlib.sha256()
    request = urllib.request.Request(url, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=60) as answer, open(ARCHIVE, "wb") as file:
        while True:
            piece = answer.read(1 << 20)
            if not piece:
                break
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != sha256:
        raise OSError("The package has the SHA-256 %s; %s was expected." % (digest.hexdigest(), sha256))


def unpack():
    """Unpack it here, without what would lie elsewhere. What anyone may execute stays so; no other right is taken over, nor a link made."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        for entry in archive.infolist():
            if os.path.basename(entry.filename) == "leeway_run.py" and "/" not in entry.filename:
                continue
            path = archive.extract(entry)
            if not entry.is_dir():
                os.chmod(path, 0o755 if entry.external_attr >> 16 & 0o111 else 0o644)
    os.remove(ARCHIVE)


def main():
    """Try until it is there, or Leeway says that it never will be."""
    url = "%s/api/v1/training/launches/%s/package" % (os.environ["LEEWAY_URL"], os.environ["LEEWAY_LAUNCH"])
    began, pause = time.time(), 1
    while True:
        try:
            fetch(url, os.environ["LEEWAY_LAUNCH_TOKEN"], sys.argv[1])
            break
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code not in (408, 429):
                print("Leeway does not give the package: %s" % error, file=sys.stderr)
                return 78
            problem = error
        except OSError as error:
            problem = error
        if time.time() - began > PATIENCE_SECONDS:
            print("The package could not be fetched: %s" % problem, file=sys.stderr)
            return 75
        time.sleep(pause)
        pause = min(30, pause * 2)
    unpack()
    wrapper = os.path.join(os.path.dirname(os.path.abspath(__file__)), "leeway_run.py")
    os.execv(sys.executable, [sys.executable, wrapper])


if __name__ == "__main__":
    sys.exit(main())
