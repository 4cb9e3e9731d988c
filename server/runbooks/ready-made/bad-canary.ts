export const badCanary = `Version {{version}} takes part of the traffic of {{endpoint}} and does worse than {{previous_version}}. A rollback costs seconds; a wait costs users.

## Is it the canary?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the rollout at [Rollouts](/rollouts) and read its guardrails: which one is broken, on how many requests?
- [ ] Compare both versions: does {{previous_version}} do as badly? Then it is the traffic, not the canary

## Stop it
- [ ] Pause the rollout, key **P** on its page: it gets no more traffic while you look
- [ ] Roll back to {{previous_version}}: key **R** on the board /on-call, with the reason {{when:rolled-back}}
- [ ] See that errors and latency of {{endpoint}} return to what they were before {{started}} {{when:mitigated}}

## Why it was let through
- [ ] Open the most affected slices on the page of the rollout, and the first bad requests of the new version
- [ ] Replay those requests on both versions in [the playground](/playground)
- [ ] Add a guardrail or a gate that would have held it, as an action with an owner
- [ ] Write down the cause on the timeline, and mark it {{when:cause-found}}
`;
