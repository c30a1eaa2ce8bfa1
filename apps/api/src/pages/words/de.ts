import type { Words } from './en.ts'

/** German: "Sie", and Microsoft's own German terms with the English name where people search for it. */
export const de: Words = {
  lang: 'de',
  locale: 'de-DE',

  link: {
    short: '{organisation} bittet um eine Verbindung',
    title: '{organisation} bittet um eine Verbindung mit Ihrem Microsoft-Partnermandanten',
    asked: '{person} hat am {time} darum gebeten',
    doubt:
      'Im Zweifel? Rufen Sie unter einer Nummer an, die Sie schon haben, nicht unter einer aus der Nachricht.',
    tenant: 'Ihr Mandant',
    microsoftId: 'Microsoft-ID',
    reason: 'Deren Grund',
    can: 'Das wird möglich',
    able: [
      ['Im Partner Center als Sie arbeiten', 'Soweit das Konto, das Sie verwenden, es dort darf'],
      ['Ihre Abrechnungsberichte lesen', 'Die Rechnungen von Microsoft an Ihr Unternehmen'],
      ['Angemeldet bleiben', 'Bis Sie oder Microsoft es beenden'],
    ],
    cannot: 'Das wird nicht möglich',
    unable: [
      ['Ihr Kennwort sehen', 'Sie geben es nur bei Microsoft ein'],
      ['E-Mails oder Dateien lesen', 'Weder Ihre noch die Ihrer Kunden'],
      ['Den Zugang behalten, nachdem Sie ihn beendet haben', 'Das können Sie jederzeit selbst tun'],
    ],
    accountTitle: 'Welches Konto Sie brauchen',
    account:
      'Verwenden Sie ein Konto, das in Microsoft Entra {privileged} und im Partner Center {agent} ist und sich mit einem zweiten Schritt (MFA) anmeldet. Ein Dienstkonto ist besser als Ihr eigenes.',
    privileged: 'Administrator für privilegierte Rollen (Privileged Role Administrator)',
    agent: 'Admin-Agent (Admin Agent)',
    next: 'Als Nächstes gehen Sie zu Microsoft',
    address:
      'Prüfen Sie, bevor Sie ein Kennwort eingeben, ob die Adresse mit {address} beginnt. Danach kommen Sie hierher zurück und sehen das Ergebnis.',
    go: 'Weiter zu Microsoft',
    decline: 'Das habe ich nicht erwartet',
    until: 'Dieser Link gilt einmal, bis {time}.',
    foot: 'Sie sind auf {host}, einem Consentry, das {organisation} verwendet.',
  },
  stuck: {
    title: 'Falls Microsoft Sie nicht hierher zurückschickt',
    says: [
      [
        '„Administratorgenehmigung erforderlich“ (Need admin approval)',
        'Ein Administrator muss sie erteilen: Senden Sie ihm diesen Link, oder bitten Sie ihn, die Anfrage dort zu genehmigen.',
      ],
      [
        '„Sie können von hier aus nicht darauf zugreifen“ (You can’t get there from here), oder etwas über das Gerät',
        'Eine Richtlinie Ihres Unternehmens blockiert dieses Gerät: Verwenden Sie eines, das Ihr Unternehmen kennt.',
      ],
      [
        '„Das Konto ist im Mandanten nicht vorhanden“ (Account does not exist in tenant)',
        'Gehen Sie zurück und wählen Sie ein anderes Konto, eines des Mandanten selbst.',
      ],
      [
        '„Weitere Informationen erforderlich“ (More information required)',
        'Richten Sie den zweiten Schritt fertig ein und öffnen Sie dann diesen Link erneut.',
      ],
      [
        'Die Seite wurde geschlossen',
        'Öffnen Sie diesen Link erneut in diesem Browser. Nichts ist verloren.',
      ],
    ],
  },
  end: {
    title: 'Wie Sie den Zugang später beenden',
    text: 'Öffnen Sie im Entra Admin Center Unternehmensanwendungen (Enterprise applications), wählen Sie Consentry, dann Eigenschaften, und wählen Sie Löschen. Widerrufen Sie danach die Sitzungen des Kontos, das verwendet wurde.',
  },
  thanks: {
    title: 'Vielen Dank',
    text: 'Der Link gilt nicht mehr. {person} sieht, dass er beendet wurde.',
  },
  result: {
    checking: '{tenant} wird geprüft',
    proven: '{n} von {all} nachgewiesen. Sie dürfen diese Seite schließen; die Prüfungen gehen weiter.',
    underway: 'Noch nicht von Microsoft zurück',
    underwayText:
      '{tenant} ist nicht verbunden: Der Weg über Microsoft ist noch nicht zu Ende. Nichts wurde gespeichert.',
    connected: '{tenant} ist verbunden',
    done: 'Fertig. {tenant} ist verbunden.',
    close: 'Sie können diese Seite schließen. {person} sieht das Ergebnis in Consentry.',
    expected: 'Erwartet',
    back: 'Zurück zu {address}',
    otherAccount:
      'Dieser Mandant war mit einem anderen Konto verbunden. {person} entscheidet, mit welchem er läuft; Sie können diese Seite schließen.',
    checked: 'Was geprüft wurde',
    passed: 'bestanden',
    failed: 'nicht bestanden',
    running: 'wird geprüft',
    notReached: 'nicht erreicht',
  },
  problem: {
    again: 'Von vorn beginnen',
    otherAccount: 'Mit anderem Konto erneut versuchen',
    sender:
      'Falsches Unternehmen, oder es geht nicht weiter? Sagen Sie es der Person, die den Link gesendet hat: {person}.',
    support: 'Für den Microsoft-Support',
    code: 'Code',
    microsoft: {
      error: 'Antwort von Microsoft',
      suberror: 'Genauer',
      code: 'Code von Microsoft',
      message: 'Meldung',
      traceId: 'Ablaufverfolgungs-ID (Trace ID)',
      correlationId: 'Korrelations-ID (Correlation ID)',
      timestamp: 'Zeit (UTC)',
      httpStatus: 'HTTP-Status',
      refreshTokenAgeMs: 'Alter der Anmeldung (ms)',
    },
  },
  unbuilt: {
    title: 'Die Konsole ist nicht gebaut',
    text: 'Führen Sie {command} im Repository aus und laden Sie diese Seite neu. Die API arbeitet auch ohne sie.',
  },
  rungs: {
    grant: {
      title: 'Microsoft hat die Anmeldung angenommen',
      checking: 'Die Antwort von Microsoft wird eingetauscht',
      passed: 'Eine neue Anmeldung kam an und wurde versiegelt.',
      found: '',
    },
    account: {
      title: 'Richtiger Mandant, richtiges Konto',
      checking: 'Mandant und Konto werden verglichen',
      passed: 'Ein Mitglied dieses Mandanten.',
      found: '{account}, ein Mitglied dieses Mandanten.',
    },
    mfa: {
      title: 'Mit zweitem Schritt angemeldet',
      checking: 'Es wird gelesen, wie sich das Konto angemeldet hat',
      passed: 'Microsoft bestätigt MFA für diese Anmeldung.',
      found: '',
    },
    permissions: {
      title: 'Alle Berechtigungen erteilt',
      checking: 'Die Berechtigungen werden verglichen',
      passed: 'Partner Center, Abrechnungsberichte, angemeldet bleiben.',
      found: 'Partner Center, angemeldet bleiben.',
    },
    partner_center: {
      title: 'Partner Center antwortet',
      checking: 'Das Profil dieses Mandanten wird abgefragt',
      passed: 'Hat für diesen Mandanten geantwortet.',
      found: 'Hat für {company} geantwortet.',
    },
    role: {
      title: 'Das Konto darf als Admin-Agent handeln',
      checking: 'Ein Aufruf, der die Rolle braucht, wird versucht',
      passed: 'Die Rolle ist da.',
      found: '',
    },
    graph: {
      title: 'Microsoft Graph antwortet',
      checking: 'Der Datendienst von Microsoft wird gefragt',
      passed: 'Hat geantwortet.',
      found: 'Diese Cloud hat in Microsoft Graph keine Partnerabrechnung; dort ist nichts nötig.',
    },
    billing: {
      title: 'Abrechnungsdaten sind lesbar',
      checking: 'Die neueste Rechnung wird abgefragt',
      passed: 'Noch keine Rechnung; der Zugang funktioniert.',
      found: 'Neueste Rechnung: {invoice}, {month}.',
    },
  },
}
