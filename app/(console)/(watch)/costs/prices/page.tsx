import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { costsHref } from "#components/watch/cost/addresses.ts";
import { PricesTable } from "#components/watch/cost/prices-table.tsx";
import { SetPriceButton } from "#components/watch/cost/set-price-button.tsx";
import { getPriceBook } from "#server/watch/cost/prices/queries.ts";
import { setPricesAction } from "../actions.ts";

export const metadata = { title: "Price book" };

export default async function PricesPage() {
  const ctx = await requireContext();
  const book = await getPriceBook(ctx);
  const { prices, currency } = book;
  const context = currency ? `All in ${currency}; prices for a specific machine type take precedence` : undefined;
  return (
    <Page crumbs={[{ label: "Costs", href: costsHref() }, { label: "Price book" }]} live>
      <LiveRefresh topics={["cost"]} />
      <PageHead
        help="costs-and-reports#price-book"
        title="Price book"
        context={context}
        actions={
          <SetPriceButton
            book={book}
            why={denialReason(ctx.actor.role, "setPrices")}
            actorName={ctx.actor.name}
            setPrices={setPricesAction}
          />
        }
      />
      <Panel flush>
        {prices.length === 0 ? (
          <EmptyState title="No prices set yet">
            Usage is metered either way, so prices set later also apply to past usage. Most machines are priced per core
            hour: the machine's hourly price divided by its cores.
          </EmptyState>
        ) : (
          <PricesTable prices={prices} now={Date.now()} />
        )}
      </Panel>
    </Page>
  );
}
