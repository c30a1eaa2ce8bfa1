import type { MoreMessages } from '../messages.ts'

/** Swedish words of pages that nobody meets first. */
export const sv: MoreMessages = {
  customers: {
    title: 'Kunder',
    titleOf: 'Kunder: {tenant}',
    lead: 'Behörigheter som Consentry har i dina kunders klientorganisationer. Du beviljar dem för kundens räkning; ingen där behöver logga in.',
    viewer: 'Be en admin bevilja eller ta tillbaka.',
    show: 'Vilka kunder',
    views: { granted: 'Beviljade av oss', all: 'Alla kunder' },
    grantedCount: 'Beviljade av oss ({n})',
    showAll: 'Visa alla kunder',
    search: { granted: 'Namn, domän eller klient-ID', all: 'Början av namnet, eller en domän' },
    nothing: 'Inget är beviljat i någon kunds klientorganisation än.',
    nobody: 'Partner Center visar inga kunder.',
    range: 'Kunder {from} till {to}',
    customer: 'Kund',
    states: {
      none: 'Inget beviljat',
      granting: 'Inte känt än',
      granted: 'Beviljat',
      revoking: 'Inte känt än',
      revoked: 'Tillbakataget',
      failed: 'Nekat',
    },
    unknown: {
      granting: 'Microsoft ombads att bevilja och svaret är inte här. Det är ofarligt att bevilja igen.',
      revoking:
        'Microsoft ombads att ta tillbaka och svaret är inte här. Det är ofarligt att ta tillbaka igen.',
    },
    uncertain:
      'Det fanns redan ett medgivande, och Microsoft säger inte vad det innehåller. Ta tillbaka det och bevilja igen för att vara säker.',
    permissions: 'Behörigheter',
    more: 'och {n} till | och {n} till',
    when: 'Sedan',
    by: '{date}, av {person}',
    grant: 'Bevilja behörigheter',
    grantIt: 'Bevilja',
    grantAgain: 'Bevilja igen',
    change: 'Ändra',
    takeBack: 'Ta tillbaka',
    named: '{what}: {customer}',
    toTenant: 'Öppna klientorganisationen',
    grantTitleOf: 'Bevilja behörigheter: {customer}',
    field: {
      label: 'Kund',
      hint: 'Klient-ID, domän eller början av namnet.',
      id: 'Partner Center tillfrågas om klientorganisationen när du beviljar.',
      looking: 'Letar i Partner Center',
      nobody: 'Ingen kund hos den här partnern ({tenant}) börjar så.',
      which: 'Vilken kund',
    },
    what: 'Vad som beviljas',
    reasons: {
      Directory_Read_All: 'För att läsa kundens användare, grupper och licenser.',
      User_Read: 'För att logga in där med partnerns konto.',
    },
    further: 'Lägg till fler behörigheter',
    scopes: 'Behörigheter',
    scopesHint: 'Deras namn med mellanslag emellan, till exempel Application.Read.All.',
    api: 'API:ets program-ID',
    apiHint: 'Tomt: Microsoft Graph.',
    replaces: 'Det ersätter vad som är beviljat där nu; under ett ögonblick är inget beviljat.',
    done: 'Beviljat',
    revokeTitle: 'Ta tillbaka allt som är beviljat hos kunden ({customer})?',
    revokeText:
      'Consentry förlorar genast alla sina behörigheter där, och det som använder dem nekas. Du kan bevilja igen när som helst.',
    keep: 'Behåll',
    revoked: 'Tillbakataget',
    gdap: {
      title: 'Vad Microsoft kräver innan du kan bevilja',
      lead: 'Alla fyra, för varje kund. Microsoft kallar det detaljerade delegerade administratörsbehörigheter (GDAP).',
      agent: 'Kontot är administratörsagent: {account}',
      agentWhere:
        'Partner Center, Kontoinställningar, Användarhantering: kontot, ”Hjälper dina kunder som”, Administratörsagent. Då finns det i gruppen AdminAgents.',
      relationship: 'Kunden har godkänt en administratörsrelation med dig',
      relationshipWhere:
        'Partner Center, Kunder, kunden, Administratörsrelationer: en av dem är aktiv och har inte gått ut.',
      role: 'Relationen innehåller en roll som får bevilja',
      roleWhere:
        'Global administratör, Administratör för privilegierade roller eller Molnprogramadministratör; den sista räcker.',
      group: 'En av dina säkerhetsgrupper har den rollen där, och kontot finns i den',
      groupWhere:
        'I relationen, under Säkerhetsgrupper. Det tar några minuter innan Microsoft känner till en ändring överallt.',
      old: 'Den äldre delegerade administrationen (DAP) räcker inte.',
      more: 'Microsofts sida om GDAP',
    },
  },
}
