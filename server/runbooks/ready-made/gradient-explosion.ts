export const gradientExplosion = `A training run diverges: its loss rises without end, or is not a number. More steps cost money and mend nothing.

## Stop
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the run at [Experiments](/experiments) and its findings: since which step is the loss not finite, or the gradient too large?
- [ ] Stop the run. Keep its newest checkpoint from before that step

## What set it off
- [ ] Compare with the last good run, key **C** on the list: learning rate, warm-up, batch size, precision, data
- [ ] Look at the batch of the first bad step: empty, constant, very long or wrongly scaled rows
- [ ] See whether half precision overflowed: the loss scale falls again and again before
- [ ] Did the dataset change? Its versions stand at [Datasets](/datasets)

## Go on
- [ ] Resume from the checkpoint before, with a lower learning rate or gradients clipped at a norm of 1
- [ ] Leave out or repair the rows that set it off
- [ ] Watch the norm of the gradient for the first 500 steps

## Before you leave
- [ ] Will the next version be late? Tell whoever waits for it, and which version serves until then: {{version}}
- [ ] Set a rule on run health at [Alerts, Rules](/alerts/rules) for this experiment
- [ ] Write down on the timeline what set it off, and mark it {{when:cause-found}}
`;
