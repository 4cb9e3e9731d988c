"use client";

import { Button } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";

/** Renders the button that prints the report or saves it as a PDF. */
export function PrintButton() {
  return (
    <Button
      variant="default"
      leftSection={<IconPrinter size={15} stroke={1.7} aria-hidden="true" />}
      onClick={() => window.print()}
    >
      Print
    </Button>
  );
}
