import { setMasterKey } from "#server/platform/secrets/key-ring.ts";
import { originOf } from "#server/platform/secrets/key-source.ts";
import { parseMasterKey } from "#server/platform/secrets/master-key.ts";
import { testKeySource } from "./test-key-source.ts";

// Test files share a process, so one that sets another key would leave it to the next.
const master = parseMasterKey(testKeySource.key);
if (!master) throw new Error("The master key of the tests is invalid.");
setMasterKey(master, originOf(testKeySource));
