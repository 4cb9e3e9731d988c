import { expect, test } from "vitest";
import { selectionsOfCommand } from "./select-historical.ts";

test("reads Feast's numbers of versions, which begin at 0, and the newest version without one", () => {
  const references = ["driver_stats@v1:conv_rate", "driver_stats:conv_rate", "driver_stats@latest:conv_rate"];
  const command = { feature_refs: references, feature_view_names: ["driver_stats"], name_aliases: [null] };
  expect(selectionsOfCommand(command, []).map(({ version }) => version)).toEqual([2, null, null]);
});
