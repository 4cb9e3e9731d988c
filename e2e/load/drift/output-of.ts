import { spawn } from "node:child_process";

/** Returns the last line that a program prints, which is its result; all other output is passed through. @throws Error if it fails. */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}.`);
  return text.trim().split("\n").at(-1) ?? "";
}
