-- What endpoints promised in their column "budget" becomes SLOs. The column stays for processes that still run, and nobody reads it.
-- Names, rules and keys of series are those of promise-names.ts, standard-rules.ts and series-key.ts in server/slo.
WITH promised AS (
	SELECT e.id AS endpoint_id, e.workspace_id, e.name AS endpoint, e.created_by, 'availability' AS kind,
		(e.budget ->> 'availability')::float8 AS target, coalesce((e.budget ->> 'days')::int, 28) AS days,
		'availability ' || e.id AS key,
		jsonb_build_object('kind', 'availability', 'endpointId', e.id) AS indicator
	FROM endpoints e WHERE jsonb_typeof(e.budget -> 'availability') = 'number' AND e.archived_at IS NULL
	UNION ALL
	SELECT e.id, e.workspace_id, e.name, e.created_by, 'latency',
		(e.budget #>> '{latency,share}')::float8, coalesce((e.budget ->> 'days')::int, 28),
		'latency ' || e.id || ' ' || trim_scale((e.budget #>> '{latency,withinMs}')::numeric) || ' answered',
		jsonb_build_object('kind', 'latency', 'endpointId', e.id,
			'withinMs', (e.budget #>> '{latency,withinMs}')::numeric, 'countsFailures', false)
	FROM endpoints e WHERE jsonb_typeof(e.budget -> 'latency') = 'object' AND e.archived_at IS NULL
), named AS (
	SELECT promised.*, (CASE WHEN endpoint ~ '^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$' THEN endpoint
		ELSE rtrim(left(regexp_replace(lower(endpoint), '[^a-z0-9]+', '-', 'g'), 43), '-') || '-' || left(endpoint_id::text, 6) END)
		|| '-' || kind AS name
	FROM promised
), ruled AS (
	SELECT named.*, (
		SELECT jsonb_agg(jsonb_build_object('severity', tier.severity,
			'longMinutes', greatest(1, round(tier.long * days / 30.0))::int,
			'shortMinutes', greatest(1, round(tier.short * days / 30.0))::int,
			'factor', tier.factor, 'forMinutes', 0) ORDER BY tier.long)
		FROM (VALUES ('page', 60, 5, 14.4), ('page', 360, 30, 6), ('ticket', 1440, 120, 3), ('ticket', 4320, 360, 1))
			AS tier (severity, long, short, factor)) AS tiers
	FROM named
), series AS (
	INSERT INTO sli_series (workspace_id, endpoint_id, key, indicator)
	SELECT workspace_id, endpoint_id, key, indicator FROM ruled
	ON CONFLICT (workspace_id, key) DO UPDATE SET key = excluded.key
	RETURNING id, workspace_id, key
), made AS (
	INSERT INTO slos (workspace_id, name, endpoint_id, series_id, definition, created_by)
	SELECT ruled.workspace_id, ruled.name, ruled.endpoint_id, series.id, jsonb_build_object(
		'displayName', '', 'description', '', 'service', left(ruled.endpoint, 63), 'target', ruled.target,
		'period', jsonb_build_object('kind', 'rolling', 'days', ruled.days),
		'budgeting', jsonb_build_object('method', 'occurrences'),
		'indicator', ruled.indicator, 'composite', NULL,
		'rules', jsonb_build_object('tiers', ruled.tiers, 'gate', 0.001, 'cap', 0.9, 'absent', jsonb_build_object(
			'severity', CASE WHEN ruled.kind = 'availability' THEN 'page' ELSE 'ticket' END, 'minutes', NULL)),
		'labels', '{}'::jsonb, 'freezes', true, 'foreign', '{}'::jsonb), ruled.created_by
	FROM ruled JOIN series ON series.workspace_id = ruled.workspace_id AND series.key = ruled.key
	ON CONFLICT (workspace_id, name) DO NOTHING
	RETURNING id, workspace_id, definition, created_by
)
INSERT INTO slo_revisions (workspace_id, slo_id, revision, definition, reason, changed_by)
SELECT workspace_id, id, 1, definition, 'Promised as the budget of the endpoint before', created_by FROM made;
