"use client";

import * as library from "@tanstack/react-query";
import { useQueryHolder } from "./query-holder.tsx";

/** Returns the client that the components of a page share, created by the first that asks for it. */
export function useQueryClient(): library.QueryClient {
  const holder = useQueryHolder();
  holder.client ??= createClient();
  return holder.client;
}

function createClient(): library.QueryClient {
  // Live keys are refetched when an event names them, so nothing refetches automatically.
  const client = new library.QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 1 } },
  });
  // Follows the network and the window, which the server does not have.
  if (typeof window !== "undefined") client.mount();
  return client;
}

/** The hooks of the library, with the client of the page. */
export const useQuery = ((options: library.UseQueryOptions) =>
  library.useQuery(options, useQueryClient())) as typeof library.useQuery;
export const useQueries = ((options: Parameters<typeof library.useQueries>[0]) =>
  library.useQueries(options, useQueryClient())) as typeof library.useQueries;
export const useInfiniteQuery = ((options: library.UseInfiniteQueryOptions) =>
  library.useInfiniteQuery(options, useQueryClient())) as typeof library.useInfiniteQuery;
