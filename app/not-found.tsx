import type { Metadata } from "next";
import { NothingHere } from "#components/shell/not-found-page.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main style={{ maxWidth: 560, margin: "18vh auto 0", padding: "0 24px" }}>
      <NothingHere />
    </main>
  );
}
