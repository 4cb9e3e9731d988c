import { type DemoTarget, RequestRefused, send } from "../client.ts";

export interface Named {
  id: string;
  name: string;
}

/**
 * Creates a resource of the REST API unless one of that name exists, which stays as it is.
 * @param path of the list, such as "teams", whose response has one array
 */
export async function ensureNamed(
  target: DemoTarget,
  path: string,
  input: { name: string } & Record<string, unknown>,
): Promise<Named> {
  const url = `${target.url}/api/v1/${path}`;
  const response = await send<Record<string, Named[] | undefined>>(target, "GET", url);
  const known = Object.values(response)
    .find(Array.isArray)
    ?.find(({ name }) => name === input.name);
  return known ?? (await send<Named>(target, "POST", url, input));
}

/** Makes an SLO, unless there is one of that name, archived or not, which stays as it is. */
export async function ensureSlo(target: DemoTarget, input: { name: string } & Record<string, unknown>): Promise<Named> {
  const url = `${target.url}/api/v1/slos`;
  const known = await send<Named>(target, "GET", `${url}/${input.name}`).catch((error: unknown) => {
    if (!(error instanceof RequestRefused) || error.status !== 404) throw error;
    return undefined;
  });
  return known ?? (await send<Named>(target, "POST", url, input));
}
