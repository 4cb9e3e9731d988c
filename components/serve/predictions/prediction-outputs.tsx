import type { Signatures } from "#components/serve/predictions/predictions-table.tsx";
import { storedTensors } from "#components/serve/predictions/shown-prediction.ts";
import { shownClasses, viewOutputs } from "#components/serve/tensors/outputs.ts";
import { BarList } from "#components/ui/bar-list.tsx";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { LoggedTensors } from "./logged-tensors.tsx";

interface PredictionOutputsProps {
  outputs: LoggedTensor[];
  signature: Signatures[string] | undefined;
}

/** Shows the outputs: probabilities of the first row as bars, everything else unchanged. */
export function PredictionOutputs({ outputs, signature }: PredictionOutputsProps) {
  const views = viewOutputs(storedTensors(outputs), signature?.labels).filter((view) => view.kind === "classes");
  const others = outputs.filter(({ name }) => !views.some((view) => view.name === name));
  return (
    <>
      {others.length > 0 && <LoggedTensors tensors={others} signature={undefined} />}
      {views.map((view) => {
        const { shown, others: rest } = shownClasses(view.classes);
        const bars = [...shown, ...(rest ? [rest] : [])].map((one) => ({
          label: one.label,
          value: one.share,
          highlighted: one === view.best,
        }));
        return <BarList label={view.name} bars={bars} key={view.name} />;
      })}
    </>
  );
}
