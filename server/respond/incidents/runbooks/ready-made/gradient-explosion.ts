export const gradientExplosion = `A training run diverges: its loss keeps rising or is NaN. Further steps cost money and do not help.

## Stop
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the run at [Experiments](/experiments) and its findings: at which step did the loss become non-finite, or the gradient too large?
- [ ] Stop the run. Keep its latest checkpoint before that step

## What caused it?
- [ ] Compare with the last good run, key **C** on the list: learning rate, warm-up, batch size, precision, data
- [ ] Check the batch of the first bad step: empty, constant, very long or wrongly scaled rows
- [ ] Check for half-precision overflow: the loss scale drops repeatedly beforehand
- [ ] Did the dataset change? See its versions under [Datasets](/datasets)

## Resume
- [ ] Resume from the previous checkpoint with a lower learning rate, or clip gradients at a norm of 1
- [ ] Remove or fix the rows that caused it
- [ ] Monitor the gradient norm for the first 500 steps

## Before you leave
- [ ] Will the next version be late? Notify those waiting for it which version is deployed until then: {{version}}
- [ ] Set a rule on run health at [Alerts, Rules](/alerts/rules) for this experiment
- [ ] Record the cause on the timeline and mark it {{when:cause-found}}
`;
