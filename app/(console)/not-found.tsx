import { NothingHere } from "#components/shell/nothing-here.tsx";
import { Page } from "#components/shell/page.tsx";

export default function NotFoundInConsole() {
  return (
    <Page crumbs={[{ label: "Not found" }]}>
      <NothingHere />
    </Page>
  );
}
