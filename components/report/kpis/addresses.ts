/** The page of what the business counts, with one of them chosen and the endpoint whose deployment is looked at. */
export function kpiHref(kpi: string, endpoint?: string): string {
  const query = new URLSearchParams({ kpi });
  if (endpoint) query.set("endpoint", endpoint);
  return `/overview/kpis?${query}`;
}
