/**
 * The page that a link of MLflow's own console means. Its client prints one after each run: `…/#/experiments/1/runs/2af…`.
 * @param url where the browser is. The server never sees what stands after #, so it leads to the start page or to sign-in.
 * @returns path of the page, or of sign-in on the way to it; undefined when the link is none of MLflow's.
 */
export function pageOfMlflow(url: { pathname: string; hash: string }): string | undefined {
  const page = pageOf(url.hash.slice(1).split("?")[0] ?? "");
  if (!page) return undefined;
  if (url.pathname === "/overview") return page;
  return url.pathname === "/login" ? `/login?callbackUrl=${encodeURIComponent(page)}` : undefined;
}

function pageOf(path: string): string | undefined {
  const [start, area, name, kind, item] = path.split("/");
  if (start !== "" || (area !== "experiments" && area !== "models")) return undefined;
  if (!name) return `/${area}`;
  const isComplete =
    item && ((area === "experiments" && kind === "runs") || (area === "models" && kind === "versions"));
  if (!isComplete) return `/${area}/${name}`;
  return area === "models" ? `/models/${name}/v${item}` : `/experiments/${name}/runs/${item}`;
}
