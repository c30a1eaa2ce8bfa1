import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { get, post, query, request } from '../api.ts'
import { api } from '../routes.ts'
import type { BreakdownBy, BreakdownItem, Invoice, Page, Report, ReportRequest } from '../types.ts'

const SECOND = 1000

/** Invoices of a tenant; amounts stay the text that Microsoft sent. Only new-commerce ones can be reported. */
export function useInvoices(microsoftId: MaybeRefOrGetter<string>) {
  const { data, error, isPending } = useQuery({
    queryKey: computed(() => ['invoices', toValue(microsoftId)]),
    queryFn: ({ signal }) =>
      request<Page<Invoice>>('GET', `${api.connection(toValue(microsoftId))}/invoices`, {
        signal,
        exactNumbers: true,
      }),
    staleTime: 60 * SECOND,
  })
  const all = computed(() => data.value?.body.items ?? [])
  const invoices = computed(() => all.value.filter(({ id }) => id.startsWith('G')))
  const hasOldKind = computed(() => all.value.length > invoices.value.length)
  const currencies = computed(() => [...new Set(all.value.flatMap(({ currencyCode }) => currencyCode ?? []))])
  return { invoices, hasOldKind, currencies, error, isPending }
}

/** Reports of a tenant, newest first, and asking for one more. */
export function useReports(microsoftId: MaybeRefOrGetter<string>) {
  const client = useQueryClient()
  const address = () => `${api.connection(toValue(microsoftId))}/billing-reports`
  const key = computed(() => ['reports', toValue(microsoftId)])
  const { data, error, isPending, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<Page<Report>>(address(), signal),
    refetchInterval: (found) => (found.state.data?.items.some(isUnderWay) ? 3 * SECOND : false),
  })
  const reports = computed(() => data.value?.items ?? [])
  /** The newest good one of the same invoice or month, else of any: what a failed one was to replace. */
  function lastGoodOf(report: Report): Report | null {
    const good = reports.value.filter((it) => it.status === 'succeeded')
    const subject = (it: Report) => [it.kind, it.invoiceId, it.currency, it.period].join()
    return good.find((it) => subject(it) === subject(report)) ?? good[0] ?? null
  }
  const run = useMutation({
    mutationFn: (what: ReportRequest) => post<Report>(address(), what),
    onSuccess: () => client.invalidateQueries({ queryKey: key.value }),
  })
  return { reports, error, isPending, refetch, run, lastGoodOf }
}

/** One report: told by the server as it goes on, and asked for every five seconds should that connection be cut. */
export function useReport(microsoftId: MaybeRefOrGetter<string>, reportId: MaybeRefOrGetter<string>) {
  const client = useQueryClient()
  const address = () =>
    `${api.connection(toValue(microsoftId))}/billing-reports/${encodeURIComponent(toValue(reportId))}`
  const key = computed(() => ['report', toValue(microsoftId), toValue(reportId)])
  const { data, error, isPending, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<Report>(address(), signal),
    refetchInterval: (found) => (found.state.data && !isUnderWay(found.state.data) ? false : 5 * SECOND),
  })
  const report = computed(() => data.value ?? null)
  watch(
    () => report.value !== null && isUnderWay(report.value),
    (underWay, _before, onCleanup) => {
      if (!underWay) return
      const stream = new EventSource(`${address()}/events`)
      stream.addEventListener('progress', ({ data: text }: MessageEvent<string>) => {
        // The API is the only speaker here and its contract test guarantees the shape.
        const told = JSON.parse(text) as Report
        client.setQueryData(key.value, told)
        // Progress tells less than the report itself does once it has ended.
        if (!isUnderWay(told)) void client.invalidateQueries({ queryKey: key.value })
      })
      onCleanup(() => stream.close())
    },
    { immediate: true },
  )
  return { report, error, isPending, refetch, address }
}

/** Totals per customer or product; only of a finished report, so there are never half sums. */
export function useBreakdown(
  microsoftId: MaybeRefOrGetter<string>,
  reportId: MaybeRefOrGetter<string>,
  by: BreakdownBy,
  enabled: MaybeRefOrGetter<boolean>,
  compare: MaybeRefOrGetter<string | undefined> = undefined,
) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: computed(() => ['breakdown', toValue(microsoftId), toValue(reportId), by, toValue(compare)]),
    queryFn: ({ signal }) =>
      get<{ items: readonly BreakdownItem[] }>(
        `${api.connection(toValue(microsoftId))}/billing-reports/${toValue(reportId)}/breakdown${query({ by, compare: toValue(compare) })}`,
        signal,
      ),
    enabled: computed(() => toValue(enabled)),
    staleTime: Infinity,
  })
  return { items: computed(() => data.value?.items ?? []), error, isPending, refetch }
}

export function isUnderWay(report: Report): boolean {
  return report.status === 'queued' || report.status === 'running'
}
