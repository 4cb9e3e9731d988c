import type { Finding } from "../contract.ts";

/** Calls that run programs or code, or reach outside. */
const dangerousCalls: readonly RegExp[] = [
  /^(eval|exec|execfile|__import__)$/,
  /^builtins\.(eval|exec|__import__)$/,
  /^(os|posix|nt)\.(system|popen\d?|exec\w*|spawn\w*|posix_spawnp?|startfile|fork|forkpty)$/,
  /^subprocess\.\w+$/,
  /^(commands|pty|runpy|code)\.\w+$/,
  /^(marshal|pickle|cPickle|dill|cloudpickle)\.loads?$/,
  /^socket\.(socket|create_connection|create_server)$/,
  /^ctypes\.(CDLL|cdll|PyDLL|WinDLL|windll|util)\b/,
  /^importlib\.(import_module|util\.\w+|machinery\.\w+)$/,
  /^shutil\.rmtree$/,
];

/** Modules whose import alone is a finding. */
const watchedModules =
  /^(subprocess|pty|socket|ctypes|marshal|pickle|cPickle|dill|requests|urllib|httpx|aiohttp|ftplib|smtplib|telnetlib|paramiko|runpy|code)\b/;

/** Returns findings for the calls and imports of a Python file. Words in comments and string literals do not count. */
export function pythonFindings(file: string, code: string): Finding[] {
  const bare = withoutTexts(code);
  const names = importedNames(bare);
  const calls = new Set<string>();
  // Names that are not called are matched, too: the search goes on behind them, and looks at no character again and again.
  for (const [, called = "", isCall] of bare.matchAll(/(?<![\w.])([A-Za-z_]\w*(?:\s*\.\s*\w+)*)(\s*\()?/g)) {
    if (!isCall) continue;
    const [first = "", ...rest] = called.replaceAll(/\s/g, "").split(".");
    const full = [names.get(first) ?? first, ...rest].join(".");
    if (dangerousCalls.some((pattern) => pattern.test(full))) calls.add(full);
  }
  const imports = [...new Set(names.values())].filter((name) => watchedModules.test(name));
  const quiet = imports.filter((name) => ![...calls].some((call) => call.startsWith(name.split(".")[0] ?? name)));
  return [...finding(file, "dangerous", "calls", [...calls]), ...finding(file, "warning", "imports", quiet)];
}

function finding(file: string, severity: Finding["severity"], verb: string, names: string[]): Finding[] {
  if (names.length === 0) return [];
  const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
  return [{ file, rule: "python-code", severity, words: `This code ${verb} ${names.slice(0, 8).join(", ")}${more}.` }];
}

/** Maps local names to the imported names: "o" → "os" after `import os as o`. */
function importedNames(code: string): Map<string, string> {
  const names = new Map<string, string>();
  const joined = code.replaceAll(/\\\r?\n/g, " ");
  for (const [, list = ""] of joined.matchAll(/(?:^|[\n;:])[ \t]*import[ \t]+([^\n;#]+)/g)) {
    for (const part of list.split(",")) {
      const [module = "", local] = part.trim().replaceAll(/\s+/g, " ").split(" as ");
      if (module)
        names.set(local ?? (module.split(".")[0] as string), local ? module : (module.split(".")[0] as string));
    }
  }
  for (const [, module = "", list = ""] of joined.matchAll(
    /(?:^|[\n;:])[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n;#]+)/g,
  )) {
    for (const part of list.replaceAll(/[()]/g, "").split(",")) {
      const [name = "", local] = part.trim().replaceAll(/\s+/g, " ").split(" as ");
      if (name === "*") for (const each of starNames[module] ?? []) names.set(each, `${module}.${each}`);
      else if (name) names.set(local ?? name, `${module}.${name}`);
    }
  }
  return names;
}

const starNames: Record<string, string[]> = {
  os: ["system", "popen", "execv", "spawnv", "fork"],
  subprocess: ["run", "call", "Popen", "check_call", "check_output", "getoutput"],
};

/** Returns the code with its comments and strings blanked. */
function withoutTexts(code: string): string {
  return code.replaceAll(
    /('''|""")(?:\\.|(?!\1)[\s\S])*(?:\1|$)|'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?|#[^\n]*/g,
    (text) => (text.startsWith("#") ? "" : `""${"\n".repeat(text.split("\n").length - 1)}`),
  );
}
