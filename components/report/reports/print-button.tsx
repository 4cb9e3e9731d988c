"use client";

import { Button } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";

/** Renders the button that prints the page or saves it as a PDF: one landscape page, always light. */
export function PrintButton() {
  return (
    <Button variant="default" leftSection={<IconPrinter size={15} stroke={1.7} />} onClick={() => window.print()}>
      Print or PDF
    </Button>
  );
}
