import NextAuth from "next-auth";
import { authOptions } from "#app/_lib/auth.ts";
import { callerAddress, runtime } from "#app/_lib/context.ts";

// Made at the first request and not when the module loads: a build has no runtime.
const handler = (request: Request, context: unknown): Promise<Response> =>
  NextAuth(authOptions(runtime(), callerAddress))(request, context);

export { handler as GET, handler as POST };
