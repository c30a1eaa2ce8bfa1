import { useRoute } from 'vue-router'

/** What the address says under a name, '' for nothing. */
export function useQueryText(): (name: string) => string {
  const route = useRoute()
  return (name) => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
}
