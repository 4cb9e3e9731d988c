import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { endpointTasksHref } from "#components/serve/endpoints/addresses.ts";
import { BacklogStrip } from "#components/serve/tasks/backlog-strip.tsx";
import { RedriveAll } from "#components/serve/tasks/task-buttons.tsx";
import { TaskSettingsForm } from "#components/serve/tasks/task-settings-form.tsx";
import { stateWord } from "#components/serve/tasks/task-state.tsx";
import { TaskWebhookForm } from "#components/serve/tasks/task-webhook-form.tsx";
import { TasksTable } from "#components/serve/tasks/tasks-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Link } from "#components/ui/link.tsx";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { getBacklog } from "#server/serve/tasks/backlog.ts";
import { getTaskWebhook } from "#server/serve/tasks/callbacks/queries.ts";
import { TaskState, taskStates } from "#server/serve/tasks/contract.ts";
import { getTaskSettings, listTasks } from "#server/serve/tasks/task-queries.ts";
import { redriveTasksAction, setTaskSettingsAction, setTaskWebhookAction } from "./actions.ts";
import { OpenedTask } from "./opened-task.tsx";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/tasks">) {
  return { title: `Async requests, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function TasksPage({ params, searchParams }: PageProps<"/endpoints/[endpoint]/tasks">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { id: endpointId, archivedAt } = endpoint;
  const requested = await searchParams;
  const text = (key: string) => (typeof requested[key] === "string" ? requested[key] : undefined);
  const state = TaskState.safeParse(text("state")).data;
  const after = text("after");
  const opened = text("task");
  const { tasks, next } = await listTasks(ctx, { endpointId, state, after });
  const backlog = await getBacklog(ctx, { endpointId });
  const settings = await getTaskSettings(ctx, { endpointId });
  const webhook = await getTaskWebhook(ctx, { endpointId });
  const disabledReason = archivedAt ? "archived" : denialReason(ctx.actor.role, "setTaskSettings");
  const address = endpointTasksHref(name);
  const here = (changes: Record<string, string | undefined>) => {
    const query = Object.entries({ state, after, ...changes }).filter(([, value]) => value);
    return query.length > 0 ? `${address}?${new URLSearchParams(query as [string, string][])}` : address;
  };
  return (
    <ServicePage ctx={ctx} endpoint={endpoint} tab="traffic" below="Async requests" help="deploy#asynchronous-requests">
      <LiveRefresh topics={["tasks"]} id={endpointId} everyMs={15_000} />
      <TabHead
        context="Queued requests, served when the gateway is otherwise idle"
        actions={
          <RedriveAll
            deadLetters={backlog.deadLetters}
            redrive={redriveTasksAction.bind(null, endpointId)}
            actorName={ctx.actor.name}
            disabledReason={disabledReason}
          />
        }
      />
      <BacklogStrip backlog={backlog} />
      <Tabs
        label="Filter tasks by state"
        items={[
          { label: "All", href: here({ state: undefined, after: undefined }), current: !state },
          ...taskStates.map((each) => ({
            label: stateWord(each),
            href: here({ state: each, after: undefined }),
            current: state === each,
          })),
        ]}
      />
      {opened && <OpenedTask ctx={ctx} taskId={opened} />}
      <Panel title="Tasks" subtitle="newest first" flush>
        <TasksTable
          tasks={tasks}
          hrefOf={(task) => here({ task })}
          empty={
            <EmptyState
              title={state ? `No ${state === "queued" ? "queued tasks" : "tasks in this state"}` : "No tasks yet"}
            >
              POST a request to /v2/models/{name}/tasks instead of /v2/models/{name}/infer. The gateway responds
              immediately with an ID; use it to poll for status and result.
            </EmptyState>
          }
          foot={next && <Link href={here({ after: next })}>Older tasks</Link>}
        />
      </Panel>
      <Panel id="settings" title="Settings" subtitle="for all tasks of this endpoint">
        <TaskSettingsForm
          settings={settings}
          disabledReason={disabledReason}
          action={setTaskSettingsAction.bind(null, endpointId)}
          key={JSON.stringify(settings)}
        />
      </Panel>
      <Panel id="webhook" title="Webhook" subtitle="called when a task finishes">
        <TaskWebhookForm
          webhook={webhook}
          disabledReason={disabledReason}
          action={setTaskWebhookAction.bind(null, endpointId)}
        />
      </Panel>
    </ServicePage>
  );
}
