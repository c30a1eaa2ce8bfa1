import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, request, type Answer } from '../api.ts'
import { api } from '../routes.ts'
import type { Member, Role } from '../types.ts'
import { useRead } from './useApi.ts'
import { useEdit, type Difference } from './useEdit.ts'

type Members = { readonly items: readonly Member[] }

/** The people of the organisation. A role is changed, and somebody removed, only while it is as it was seen. */
export function useMembers(enabled: () => boolean, onDone: () => void) {
  const { t } = useI18n()
  const { data, error, isPending, refetch } = useRead<Members>(api.members, computed(enabled))
  const address = ({ id }: Member) => `${api.members}/${id}`

  /** Null as a role removes the member. */
  function useMemberEdit() {
    let member: Member
    const edit = useEdit<Member, Role | null>({
      changed: [api.members],
      change: (role, seen) =>
        role === null
          ? { method: 'DELETE', path: address(seen) }
          : { method: 'PATCH', path: address(seen), body: { role } },
      read: async () => answerOf((await request<Members>('GET', api.members)).body, member.id),
      differences: (mine, _before, theirs) => differencesOf(mine, theirs),
      act: 'member',
      isAbout: (entry) => entry.details['member'] === member.email,
      saved: onDone,
      kept() {
        onDone()
        void refetch()
      },
    })
    function change(of: Member, role: Role | null): void {
      member = of
      void edit.save(role, { body: of, etag: of.etag })
    }
    return { ...edit, change }
  }
  function differencesOf(mine: Role | null, { role, name }: Member): Difference[] {
    const label = t('members.roleOf', { name })
    const theirs = t(`roles.${role}`)
    return mine === role ? [] : [{ label, theirs, mine: mine ? t(`roles.${mine}`) : t('members.remove') }]
  }
  return { data, error, isPending, refetch, roles: useMemberEdit(), removal: useMemberEdit() }
}

function answerOf({ items }: Members, id: string): Answer<Member> {
  const found = items.find((it) => it.id === id)
  if (!found) throw new ApiProblem(404, { code: 'not_found', title: '', detail: '' })
  return { body: found, etag: found.etag }
}
