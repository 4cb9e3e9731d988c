import { useEffect } from "react";

/** Takes a picture that is pasted anywhere on the page, as one that is chosen. */
export function usePastedPicture(take: (file: File) => Promise<void>): void {
  useEffect(() => {
    function paste(event: ClipboardEvent) {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
      if (!file) return;
      event.preventDefault();
      void take(file);
    }
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  });
}
