/** Returns the path of the KPI page with the selected KPI and the endpoint whose deployment is shown. */
export function kpiHref(kpi: string, endpoint?: string): string {
  const query = new URLSearchParams({ kpi });
  if (endpoint) query.set("endpoint", endpoint);
  return `/overview/kpis?${query}`;
}
