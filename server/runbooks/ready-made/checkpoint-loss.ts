export const checkpointLoss = `A training run lost its checkpoints, or a version its file: what was computed cannot be loaded.

## What is gone
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the run at [Experiments](/experiments) and its artifacts: which is the newest checkpoint that is complete?
- [ ] Look at the trash under [Settings, Trash](/settings/trash): what was deleted waits there and can be restored
- [ ] Look at the audit log for "artifact.removed" and "runs.deleted": who, when, by what

## Serve on
- [ ] Is {{version}} of {{model}} still loaded? Gateways keep files on their own disks: do not restart or unload them now
- [ ] Deploy {{previous_version}} where the file of {{version}} cannot be had again {{when:rolled-back}}

## Get it back
- [ ] Restore from the trash, or from the backup of the folder or bucket of artifacts
- [ ] Check the digest of the restored file on the page of the version: it must be the one that was registered
- [ ] Resume the training from the newest complete checkpoint; log the epoch that it began from as a parameter
- [ ] Was the disk full while it was written? Then the newest one is cut off: compare sizes

## Before you leave
- [ ] Save checkpoints under a new name and rename them when they are complete, in the training code
- [ ] Keep more than one, in another place than the machine that trains
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
