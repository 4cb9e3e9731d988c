import NextAuth from "next-auth";
import { authOptions } from "#app/_lib/auth.ts";
import { caller, runtime } from "#app/_lib/context.ts";

// Created at the first request instead of when the module loads, because a build has no runtime.
const handler = (request: Request, context: unknown): Promise<Response> =>
  NextAuth(authOptions(runtime(), caller))(request, context);

export { handler as GET, handler as POST };
