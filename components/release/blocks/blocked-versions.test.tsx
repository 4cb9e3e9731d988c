import { MantineProvider } from "@mantine/core";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { NowProvider } from "#components/ui/now.tsx";
import { BlockedVersions } from "./blocked-versions.tsx";

const block = {
  endpointId: "0f9d5c55-3a4d-4a43-8a53-0d9d0c9b7d01",
  versionId: "0f9d5c55-3a4d-4a43-8a53-0d9d0c9b7d02",
  model: "digits",
  version: 3,
  reason: "Errors rose 4×.",
  blockedBy: "Ada",
  blockedAt: new Date("2026-11-30T10:00Z"),
};

function markup(more: Partial<Parameters<typeof BlockedVersions>[0]>): string {
  return renderToStaticMarkup(
    <MantineProvider>
      <NowProvider now={Date.parse("2026-11-30T10:40Z")}>
        <BlockedVersions
          endpoint={{ id: block.endpointId, name: "digits" }}
          blocks={[block]}
          unblock={async () => ({ ok: true })}
          actorName="Priya"
          {...more}
        />
      </NowProvider>
    </MantineProvider>,
  );
}

test("states why a version is blocked, and offers to unblock it", () => {
  const words = markup({}).replaceAll(/<[^>]+>/g, "");
  expect(words).toContain("Blocked: Errors rose 4×");
  expect(words).toContain("Unblock…");
});

test("disables it for those who may not unblock", () => {
  const why = "Requires the operator role.";
  expect(markup({ why }).split(`title="${why}"`)).toHaveLength(2);
});
