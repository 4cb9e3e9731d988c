export const checkpointLoss = `A training run lost its checkpoints, or a version lost its file.

## What is missing?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the run at [Experiments](/experiments) and its artifacts: which is the latest complete checkpoint?
- [ ] Check [Settings, Trash](/settings/trash): deleted items can be restored there
- [ ] Check the audit log for "artifact.removed" and "runs.deleted": who, when and how

## Keep serving
- [ ] Is {{version}} of {{model}} still loaded? Gateways keep files on their own disks: do not restart or unload them now
- [ ] Deploy {{previous_version}} if the file of {{version}} cannot be recovered {{when:rolled-back}}

## Recover
- [ ] Restore from the trash, or from the backup of the folder or bucket of artifacts
- [ ] Check the digest of the restored file on the page of the version: it must match the registered digest
- [ ] Resume the training from the newest complete checkpoint; log the starting epoch as a parameter
- [ ] Was the disk full while it was written? Then the latest checkpoint may be truncated: compare sizes

## Before you leave
- [ ] Save checkpoints under a new name and rename them when they are complete, in the training code
- [ ] Keep several checkpoints, and not on the training machine
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
