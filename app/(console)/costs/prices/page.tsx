import { requireContext } from "#app/_lib/context.ts";
import { whyNot } from "#app/_lib/why-not.ts";
import { costsHref } from "#components/cost/addresses.ts";
import { PricesTable } from "#components/cost/prices-table.tsx";
import { SetPriceButton } from "#components/cost/set-price-button.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getPriceBook } from "#server/cost/prices/queries.ts";
import { setPricesAction } from "../actions.ts";

export const metadata = { title: "Price book" };

export default async function PricesPage() {
  const ctx = await requireContext();
  const book = await getPriceBook(ctx);
  const { prices, currency } = book;
  const context = currency
    ? `All in ${currency}; what a kind of machine has for itself goes before the rest`
    : undefined;
  return (
    <Page crumbs={[{ label: "Costs", href: costsHref() }, { label: "Price book" }]} live>
      <LiveRefresh topics={["cost"]} />
      <PageHead
        title="Price book"
        context={context}
        actions={
          <SetPriceButton
            book={book}
            why={whyNot(ctx.actor.role, "setPrices")}
            actorName={ctx.actor.name}
            setPrices={setPricesAction}
          />
        }
      />
      <Panel flush>
        {prices.length === 0 ? (
          <EmptyState title="Nothing has a price yet">
            Usage is counted all the same, so that prices that are set later say what the past cost. An hour of a core
            is what most machines are paid by: the price of the machine, divided by its cores.
          </EmptyState>
        ) : (
          <PricesTable prices={prices} now={Date.now()} />
        )}
      </Panel>
    </Page>
  );
}
