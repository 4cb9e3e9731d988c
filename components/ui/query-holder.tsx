"use client";

import type { QueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useState } from "react";

/** Holds what the components of a page have read, once one of them reads. */
interface QueryHolder {
  client: QueryClient | undefined;
}

const HolderContext = createContext<QueryHolder | undefined>(undefined);

/** Provides the place of the query client. Only pages that read in the browser load its code, by `queries.ts`. */
export function QueryHolderProvider({ children }: { children: ReactNode }) {
  const [holder] = useState<QueryHolder>(() => ({ client: undefined }));
  return <HolderContext value={holder}>{children}</HolderContext>;
}

/** Returns the place of the query client of the page. */
export function useQueryHolder(): QueryHolder {
  const holder = useContext(HolderContext);
  if (!holder) throw new Error("useQueryHolder needs the root layout around it.");
  return holder;
}
