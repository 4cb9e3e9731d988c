import { denialReason } from "#app/_lib/denial-reason.ts";
import { ContractEditor } from "#components/develop/datasets/contract-editor.tsx";
import { ContractHistory } from "#components/develop/datasets/contract-history.tsx";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Dataset, DatasetVersion } from "#server/develop/datasets/contract.ts";
import { listContractRevisions, proposeContract } from "#server/develop/datasets/rules/queries.ts";
import { setContractAction } from "../actions.ts";

interface ContractTabProps {
  ctx: Context;
  dataset: Dataset;
  version: DatasetVersion | null;
}

/** Renders the active contract as a form, and its revisions. */
export async function ContractTab({ ctx, dataset, version }: ContractTabProps) {
  const proposal = version && (await proposalOf(ctx, version));
  const revisions = await listContractRevisions(ctx, dataset.name);
  return (
    <>
      <ContractEditor
        name={dataset.name}
        contract={dataset.contract}
        proposal={proposal}
        save={setContractAction}
        why={denialReason(ctx.actor.role, "setContract")}
        key={dataset.contract?.revision ?? 0}
      />
      {revisions.length > 0 && <ContractHistory revisions={revisions} />}
    </>
  );
}

async function proposalOf(ctx: Context, { name, digest }: DatasetVersion) {
  try {
    return { digest, rules: await proposeContract(ctx, { name, digest }) };
  } catch (error) {
    if (error instanceof DomainError && error.code === "conflict") return null;
    throw error;
  }
}
