import type { MoreMessages } from '../messages.ts'

/** German words of pages that nobody meets first. */
export const de: MoreMessages = {
  customers: {
    title: 'Kunden',
    titleOf: 'Kunden von {tenant}',
    lead: 'Berechtigungen, die Consentry in den Mandanten Ihrer Kunden hat. Sie erteilen sie im Namen des Kunden; dort muss sich niemand anmelden.',
    viewer: 'Zum Erteilen oder Zurücknehmen wenden Sie sich an einen Admin.',
    show: 'Welche Kunden',
    views: { granted: 'Von uns erteilt', all: 'Alle Kunden' },
    grantedCount: 'Von uns erteilt ({n})',
    showAll: 'Alle Kunden zeigen',
    search: { granted: 'Name, Domäne oder Mandanten-ID', all: 'Anfang des Namens oder eine Domäne' },
    nothing: 'Noch ist in keinem Mandanten eines Kunden etwas erteilt.',
    nobody: 'Partner Center führt keine Kunden auf.',
    range: 'Kunden {from} bis {to}',
    customer: 'Kunde',
    states: {
      none: 'Nichts erteilt',
      granting: 'Noch unbekannt',
      granted: 'Erteilt',
      revoking: 'Noch unbekannt',
      revoked: 'Zurückgenommen',
      failed: 'Abgelehnt',
    },
    unknown: {
      granting:
        'Microsoft wurde gebeten zu erteilen, und die Antwort ist nicht da. Erneut erteilen schadet nicht.',
      revoking:
        'Microsoft wurde gebeten zurückzunehmen, und die Antwort ist nicht da. Erneut zurücknehmen schadet nicht.',
    },
    uncertain:
      'Es gab dort schon eine Einwilligung, und Microsoft sagt nicht, was sie enthält. Um sicher zu sein, nehmen Sie sie zurück und erteilen Sie neu.',
    permissions: 'Berechtigungen',
    more: 'und {n} weitere | und {n} weitere',
    when: 'Seit',
    by: '{date}, durch {person}',
    grant: 'Berechtigungen erteilen',
    grantIt: 'Erteilen',
    grantAgain: 'Erneut erteilen',
    change: 'Ändern',
    takeBack: 'Zurücknehmen',
    named: '{what}: {customer}',
    toTenant: 'Mandanten öffnen',
    grantTitleOf: 'Berechtigungen erteilen: {customer}',
    field: {
      label: 'Kunde',
      hint: 'Mandanten-ID, Domäne oder Anfang des Namens.',
      id: 'Partner Center wird beim Erteilen nach diesem Mandanten gefragt.',
      looking: 'Im Partner Center wird nachgesehen',
      nobody: 'Kein Kunde dieses Partners ({tenant}) beginnt so.',
      which: 'Welcher Kunde',
    },
    what: 'Was erteilt wird',
    reasons: {
      Directory_Read_All: 'Um Benutzer, Gruppen und Lizenzen des Kunden zu lesen.',
      User_Read: 'Um sich dort als Konto des Partners anzumelden.',
    },
    further: 'Weitere Berechtigungen hinzufügen',
    scopes: 'Berechtigungen',
    scopesHint: 'Ihre Namen mit Leerzeichen dazwischen, etwa Application.Read.All.',
    api: 'Anwendungs-ID der API',
    apiHint: 'Leer: Microsoft Graph.',
    replaces:
      'Das tritt an die Stelle dessen, was dort jetzt erteilt ist; einen Augenblick lang ist nichts erteilt.',
    done: 'Erteilt',
    revokeTitle: 'Alles zurücknehmen, was hier erteilt ist: {customer}?',
    revokeText:
      'Consentry verliert dort sofort alle Berechtigungen, und was sie benutzt, wird abgelehnt. Sie können jederzeit erneut erteilen.',
    keep: 'Behalten',
    revoked: 'Zurückgenommen',
    gdap: {
      title: 'Was Microsoft verlangt, bevor Sie erteilen können',
      lead: 'Alle vier, für jeden Kunden. Microsoft nennt es differenzierte delegierte Administratorrechte (GDAP).',
      agent: 'Das Konto ist Admin-Agent: {account}',
      agentWhere:
        'Partner Center, Kontoeinstellungen, Benutzerverwaltung: beim Konto unter „Unterstützt Ihre Kunden als“ Admin-Agent. Es ist dann in der Gruppe AdminAgents.',
      relationship: 'Der Kunde hat eine Administratorbeziehung mit Ihnen genehmigt',
      relationshipWhere:
        'Partner Center, Kunden, der Kunde, Administratorbeziehungen: Eine davon ist aktiv und nicht abgelaufen.',
      role: 'Die Beziehung enthält eine Rolle, die erteilen darf',
      roleWhere:
        'Globaler Administrator, Administrator für privilegierte Rollen oder Cloudanwendungsadministrator; die letzte genügt.',
      group: 'Eine Ihrer Sicherheitsgruppen hat dort diese Rolle, und das Konto ist in ihr',
      groupWhere:
        'In der Beziehung unter Sicherheitsgruppen. Bis Microsoft eine Änderung überall kennt, vergehen einige Minuten.',
      old: 'Die ältere delegierte Administration (DAP) genügt nicht.',
      more: 'Microsofts Seite über GDAP',
    },
  },
}
