import type { ReactNode } from "react";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Arrivals, GettingStartedStep } from "#server/report/overview/contract.ts";
import classes from "./getting-started.module.css";

interface ArrivalChecksProps {
  step: GettingStartedStep["key"];
  arrivals: Arrivals;
  publicUrl: string;
  gatewayUrl: string;
}

/** Shows the signs of a client that completed only part of the setup, and what to check next. */
export function ArrivalChecks({ step, arrivals, publicUrl, gatewayUrl }: ArrivalChecksProps) {
  const { lastToken, unservable, gatewaySeenAt, lastFailure } = arrivals;
  const usesToken = step === "run" || step === "version" || step === "prediction";
  return (
    <ul className={classes.checks}>
      {usesToken &&
        (lastToken ? (
          <Check isGood>
            Token {lastToken.name} was used <RelativeTime at={lastToken.usedAt} />, so the client reaches Leeway.
          </Check>
        ) : (
          <Check>
            No token has been used yet: the client does not reach this address, or it uses a wrong token. Create one
            under <Link href="/settings/tokens">Settings, Tokens</Link>.
          </Check>
        ))}
      {step === "version" && unservable && (
        <Check>
          {unservable.name} was registered but cannot be served: {unservable.reason}
        </Check>
      )}
      {(step === "endpoint" || step === "prediction") &&
        (gatewaySeenAt ? (
          <Check isGood>
            A gateway is connected <RelativeTime at={gatewaySeenAt} />.
          </Check>
        ) : (
          <Check>No gateway is connected. Start the gateway role; see its log if it does not come up.</Check>
        ))}
      {step === "prediction" && lastFailure && (
        <Check>
          A request to {lastFailure.endpoint} failed <RelativeTime at={lastFailure.at} />: {lastFailure.reason}
        </Check>
      )}
      <Check isNeutral>
        Run this on the client machine. It should print “ready”:{" "}
        <code>curl {step === "prediction" ? gatewayUrl : publicUrl}/health/ready</code>
      </Check>
    </ul>
  );
}

function Check({ isGood, isNeutral, children }: { isGood?: boolean; isNeutral?: boolean; children: ReactNode }) {
  return (
    <li>
      <StatusShape state={isNeutral ? "not-started" : isGood ? "finished" : "watch"} />
      <span>{children}</span>
    </li>
  );
}
