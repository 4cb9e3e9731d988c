import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TaskDelivery } from "#server/serve/tasks/callbacks/contract.ts";
import type { Task } from "#server/serve/tasks/contract.ts";
import { TaskStateBadge } from "./task-state.tsx";
import classes from "./tasks.module.css";

interface TaskPanelProps {
  task: Task;
  /** Start of its result; undefined without one. */
  result: string | undefined;
  deliveries: TaskDelivery[];
  /** Buttons. */
  actions: React.ReactNode;
}

/** Shows a task: its progress, error, result, and webhook deliveries. */
export function TaskPanel({ task, result, deliveries, actions }: TaskPanelProps) {
  return (
    <Panel
      id="task"
      title={<code>{task.id}</code>}
      right={
        <>
          <TaskStateBadge state={task.state} />
          {actions}
        </>
      }
      flush
    >
      <PanelSection>
        <Facts task={task} />
      </PanelSection>
      {task.error && (
        <PanelSection title={task.state === "failed" ? "Failure reason" : "Last error"}>
          <p className="lw-muted">
            {task.errorStatus}: {task.error}
          </p>
        </PanelSection>
      )}
      {result !== undefined && (
        <PanelSection title="Result">
          <CodeBlock examples={[{ label: "JSON", code: result }]} />
        </PanelSection>
      )}
      {task.webhookUrl && (
        <PanelSection title="Webhook">
          <ul className={classes.lines}>
            {deliveries.map((delivery) => (
              <DeliveryState delivery={delivery} key={delivery.id} />
            ))}
          </ul>
          {deliveries.length === 0 && (
            <p className="lw-quiet">Webhook called when the task finishes: {task.webhookUrl}</p>
          )}
        </PanelSection>
      )}
    </Panel>
  );
}

function Facts({ task }: { task: Task }) {
  const { submittedBy, submittedAt, startedAt, finishedAt, expiresAt, nextTryAt, attempts, provider } = task;
  const isOpen = task.state === "queued" || task.state === "running";
  return (
    <dl className={classes.facts}>
      <Fact name="Submitted">
        <RelativeTime at={submittedAt} /> by {submittedBy}
      </Fact>
      <Fact name="Input">{formatBytes(task.inputBytes)}</Fact>
      <Fact name="Attempts">
        {plural(attempts, "try", "tries")}
        {startedAt && (
          <>
            , final attempt <RelativeTime at={startedAt} />
          </>
        )}
      </Fact>
      {nextTryAt && (
        <Fact name="Next attempt">
          <RelativeTime at={nextTryAt} />
        </Fact>
      )}
      {isOpen && (
        <Fact name="Expires">
          <RelativeTime at={expiresAt} />
        </Fact>
      )}
      {finishedAt && (
        <Fact name="Ended">
          <RelativeTime at={finishedAt} />
        </Fact>
      )}
      {task.servedVersion !== null && (
        <Fact name="Served by">
          v{task.servedVersion} on {provider}, {formatBytes(task.resultBytes)}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function DeliveryState({ delivery: { event, state, url, attempts } }: { delivery: TaskDelivery }) {
  const last = attempts.at(-1);
  const words = { pending: "Waiting", delivered: "Delivered", failed: "Failed", cancelled: "Cancelled" };
  const shape = state === "delivered" ? "on-target" : state === "pending" ? "running" : "missed";
  return (
    <li>
      <StatusBadge state={shape}>{words[state]}</StatusBadge> <code>{event}</code> to <code>{url}</code>,{" "}
      <span className="lw-quiet">
        {plural(attempts.length, "try", "tries")}
        {last && `, last response ${last.status ?? last.error}`}
      </span>
    </li>
  );
}
