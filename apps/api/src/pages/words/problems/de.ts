import type { ProblemWords } from '../problem-words.ts'

/** A gap for an account stands in the accusative or nominative, one for a tenant or person in the dative or accusative. */
export const de: ProblemWords = {
  neutral: {
    account: 'das Konto',
    tenant: 'diesem Mandanten',
    other: 'ein anderes Unternehmen',
    person: 'die Person, die ihn gesendet hat,',
    permission: 'eine der drei',
    feature: 'Consentry',
    reference: 'einer Nummer im Protokoll',
    id: ', der sie versiegelt hat',
  },
  permissions: {
    user_impersonation: { title: 'Im Partner Center handeln', feature: 'alles im Partner Center' },
    'PartnerBilling.Read.All': { title: 'Abrechnungsberichte lesen', feature: 'Abrechnungsberichte' },
    offline_access: { title: 'Angemeldet bleiben', feature: 'die nächtliche Erneuerung' },
  },
  codes: {
    consent_declined: [
      'Nichts wurde erlaubt',
      'Jemand hat bei Microsoft Abbrechen gewählt. Nichts wurde gespeichert. Beginnen Sie von vorn, wenn Sie so weit sind.',
    ],
    no_right_to_grant: [
      'Dieses Konto darf keine Berechtigungen erteilen',
      'Das erfordert in Microsoft Entra die Rolle Administrator für privilegierte Rollen (Privileged Role Administrator). Melden Sie sich mit einem Konto an, das sie hat, oder senden Sie den Link jemandem, der sie hat.',
    ],
    approval_pending: [
      'Microsoft wartet auf eine Genehmigung',
      'Die Anfrage ging an die Administratoren des Mandanten. Beginnen Sie von vorn, sobald einer von ihnen sie genehmigt hat.',
    ],
    app_blocked: [
      'Der Mandant lässt diese App nicht herein',
      'Eine Regel dort blockiert Apps, die niemand genehmigt hat. Bitten Sie den dortigen Administrator, Consentry unter Unternehmensanwendungen (Enterprise applications) zuzulassen.',
    ],
    wrong_tenant: [
      'Sie haben sich bei einem anderen Mandanten angemeldet',
      'Das Konto gehört zu einem anderen Unternehmen als dem angefragten. Nichts wurde gespeichert. Melden Sie sich erneut an und wählen Sie „Anderes Konto verwenden“.',
    ],
    guest_account: [
      'Dieses Konto ist dort nur Gast',
      'Gäste eines Mandanten können im Partner Center nicht für ihn handeln. Nichts wurde gespeichert. Verwenden Sie ein Konto, das in {tenant} selbst angelegt wurde.',
    ],
    other_account: [
      'Ein anderes Konto als zuvor',
      'Die Rechte der beiden Konten können sich unterscheiden. Entscheiden Sie, mit welchem dieser Mandant laufen soll.',
    ],
    link_ended: [
      'Dieser Link gilt nicht mehr',
      'Er wurde verwendet, ersetzt, oder seine Zeit ist vorbei. Bitten Sie {person} um einen neuen.',
    ],
    other_browser: [
      'Dieser Weg begann in einem anderen Browser',
      'Aus Sicherheitsgründen muss er in dem Browser enden, in dem er begann. Nichts wurde gespeichert. Öffnen Sie den Link erneut in diesem Browser.',
    ],
    answer_mismatch: [
      'Diese Antwort passt nicht zu unserer Frage',
      'Es kann eine alte Seite oder ein doppelter Klick sein. Nichts wurde gespeichert. Beginnen Sie von vorn in Consentry, nicht aus dem Verlauf des Browsers.',
    ],
    took_too_long: [
      'Die Anmeldung hat zu lange gedauert',
      'Die Antwort von Microsoft kam nach den zehn Minuten, die sie dauern darf. Beginnen Sie von vorn; halten Sie den zweiten Schritt bereit.',
    ],
    interrupted: [
      'Consentry wurde mittendrin angehalten',
      'Es wurde neu gestartet, nachdem Sie von Microsoft zurückkamen und bevor die Anmeldung versiegelt war. Drücken Sie erneut Aktualisieren, oder öffnen Sie den Link erneut im selben Browser.',
    ],
    no_lasting_sign_in: [
      'Microsoft gab keine dauerhafte Anmeldung',
      'Die Berechtigung „Angemeldet bleiben“ wurde ausgelassen. Melden Sie sich erneut an und erlauben Sie alle drei Berechtigungen.',
    ],
    mfa_missing: [
      'Die Anmeldung hatte keinen zweiten Schritt',
      'Das Konto verwendete nur sein Kennwort; Partner Center lehnt das ab, und es lässt sich nicht nachholen. Richten Sie MFA für {account} ein, melden Sie sich dann erneut an und schließen Sie den zweiten Schritt ab.',
    ],
    permission_missing: [
      'Eine Berechtigung fehlt: {permission}',
      'Sie ist nötig für {feature} und wurde nicht erteilt. Melden Sie sich erneut an und erlauben Sie sie.',
    ],
    no_partner_center: [
      'Partner Center ist in diesem Mandanten nicht eingerichtet',
      'Microsoft findet hier keinen Partner-Center-Dienst; vielleicht ist es der Mandant eines Kunden. Prüfen Sie, ob dies die Microsoft-ID Ihres Partnermandanten ist.',
    ],
    indirect_reseller: [
      'Indirekte Handelspartner haben keinen Zugang zu diesen Daten',
      'Microsoft öffnet sie nur für Partner mit Direktabrechnung und indirekte Anbieter. Eine erneute Anmeldung kann das nicht ändern. Fragen Sie Ihren indirekten Anbieter nach Abrechnungsdaten.',
    ],
    other_company: [
      'Partner Center antwortete für ein anderes Unternehmen',
      'Wir fragten nach {tenant}, die Antwort galt für {other}. Nichts wurde gespeichert. Verwenden Sie ein Konto, das nur in {tenant} arbeitet.',
    ],
    role_missing: [
      'Das Konto ist kein Admin-Agent (Admin Agent)',
      'Partner Center lässt nur diese Rolle Partnerdaten lesen; sie wird im Partner Center vergeben, nicht in Entra. Vergeben Sie die Rolle an {account} unter Kontoeinstellungen, Benutzerverwaltung, und testen Sie dann erneut.',
    ],
    agreement_missing: [
      'Die Microsoft-Partnervereinbarung ist nicht angenommen',
      'Partner Center antwortet nicht, bis sie es ist. Nehmen Sie sie im Partner Center an und testen Sie dann erneut.',
    ],
    programme_inactive: [
      'Das Handelspartnerprogramm ist nicht aktiv',
      'Microsoft führt diesen Mandanten als inaktiv. Fragen Sie den Partnersupport von Microsoft; hier lässt sich nichts tun.',
    ],
    partner_center_refused: [
      'Partner Center hat das Konto abgelehnt',
      'Die Anmeldung funktioniert, aber Partner Center lässt {account} diesen Mandanten nicht lesen. Prüfen Sie seine Rolle im Partner Center unter Kontoeinstellungen, Benutzerverwaltung, und testen Sie dann erneut.',
    ],
    graph_refused: [
      'Der Datendienst von Microsoft ist durch eine Regel blockiert',
      'Partner Center funktioniert, aber eine Regel des Mandanten hält dieses Konto bei Microsoft Graph auf. Bitten Sie den dortigen Administrator, das Konto von dieser Regel auszunehmen, und melden Sie sich dann erneut an.',
    ],
    billing_refused: [
      'Das Konto darf die Abrechnung nicht lesen',
      'Anmeldung und Partner Center funktionieren; die Abrechnung braucht ein weiteres Recht. Vergeben Sie die Rolle Abrechnungsadministrator (Billing admin) oder Admin-Agent an {account} und testen Sie dann erneut.',
    ],
    grant_refused: [
      'Microsoft nimmt diese Anmeldung nicht an',
      'Microsoft nannte keinen Grund, den wir kennen; die Meldung steht unten. Melden Sie sich erneut an.',
    ],
    signed_out: [
      'Microsoft hat diese Anmeldung beendet',
      'Ein Administrator hat das Konto überall abgemeldet oder sein Kennwort zurückgesetzt. Melden Sie sich erneut an.',
    ],
    expired: [
      'Die Anmeldung ist abgelaufen',
      'Sie wurde 90 Tage lang nicht erneuert, das Längste, was Microsoft erlaubt. Melden Sie sich erneut an; von da an wird sie jede Nacht erneuert.',
    ],
    mfa_too_old: [
      'Der zweite Anmeldeschritt ist fällig',
      'Dieser Mandant verlangt ihn in festen Abständen, und der letzte liegt zu lange zurück. Melden Sie sich erneut mit dem zweiten Schritt an.',
    ],
    sign_in_frequency: [
      'Der Mandant will regelmäßig eine neue Anmeldung',
      'Eine Regel dort beendet jede Anmeldung nach einer festen Zeit. Bitten Sie den dortigen Administrator, {account} von dieser Regel auszunehmen, und melden Sie sich dann erneut an.',
    ],
    mfa_setup: [
      'Das Konto muss seinen zweiten Schritt einrichten',
      'Der Mandant verlangt jetzt MFA, und {account} hat keine. Richten Sie sie bei der erneuten Anmeldung ein.',
    ],
    policy_block: [
      'Eine Regel des Mandanten blockiert diese Anmeldung',
      'Microsoft nennt es Bedingter Zugriff (Conditional Access). Eine erneute Anmeldung allein hilft nicht. Bitten Sie den dortigen Administrator, {account} für diese App zuzulassen, und melden Sie sich dann erneut an.',
    ],
    device_required: [
      'Der Mandant lässt nur bekannte Geräte zu',
      'Ein Server hat kein solches Gerät. Bitten Sie den dortigen Administrator, das Dienstkonto von dieser Regel auszunehmen.',
    ],
    password_expired: [
      'Das Kennwort des Kontos ist abgelaufen',
      'Microsoft will zuerst ein neues. Setzen Sie es bei Microsoft und melden Sie sich dann erneut an.',
    ],
    account_disabled: [
      'Das Konto wurde abgeschaltet oder entfernt',
      'Microsoft lässt {account} nicht mehr herein. Schalten Sie es wieder ein, oder melden Sie sich mit einem anderen Konto an.',
    ],
    account_locked: [
      'Das Konto ist vorerst gesperrt',
      'Zu viele falsche Kennwörter oder eine verdächtige Adresse. Warten Sie eine Stunde; bleibt es dabei, fragen Sie den dortigen Administrator.',
    ],
    app_removed: [
      'Consentry wurde dort entfernt oder abgeschaltet',
      'Jemand hat die App in {tenant} gelöscht oder deaktiviert. Melden Sie sich erneut an, um sie zuzulassen, oder schalten Sie sie unter Unternehmensanwendungen (Enterprise applications) ein.',
    ],
    tenant_not_found: [
      'Microsoft kennt diesen Mandanten nicht',
      'In dieser Microsoft-Cloud gibt es keinen Mandanten mit dieser ID. Prüfen Sie, ob ein Zeichen fehlt, oder kopieren Sie sie erneut.',
    ],
    wrong_cloud: [
      'Dieser Mandant ist in einer anderen Microsoft-Cloud',
      'Diese Adresse bedient nur ihre eigene Microsoft-Cloud. Verwenden Sie die Consentry-Adresse für jene Cloud.',
    ],
    microsoft_slow: [
      'Microsoft ist gerade langsam',
      'Microsoft hat nicht richtig geantwortet oder bat uns zu warten. Nichts ist verloren. Es ist nichts zu tun; es geht von selbst weiter.',
    ],
    microsoft_answered_badly: [
      'Microsoft hat auf eine Weise geantwortet, die wir nicht verstehen',
      'Die Antwort hatte nicht die Form, die Microsoft dokumentiert. Nichts wurde geändert. Versuchen Sie es erneut; bleibt es dabei, geben Sie dem Microsoft-Support die IDs unten.',
    ],
    app_secret: [
      'Das eigene Geheimnis von Consentry bei Microsoft ist abgelaufen',
      'Es betrifft alle Mandanten. Sie müssen sich nirgends anmelden. Wer Consentry betreibt, muss ein neues hinzufügen.',
    ],
    app_misconfigured: [
      'Die App-Registrierung von Consentry passt nicht',
      'Microsoft lehnt etwas ab, das nur die Registrierung ändern kann; die Meldung von Microsoft steht unten. Wer Consentry betreibt, muss die App-Registrierung berichtigen.',
    ],
    application_secret: [
      'Das Geheimnis der eigenen Anwendung des Mandanten gilt nicht mehr',
      'Microsoft nimmt nicht an, was Consentry für die Anwendung hat, die dieser Mandant selbst registriert hat. Andere Mandanten sind nicht betroffen, und niemand muss sich anmelden. Erstellen Sie für sie in Microsoft Entra unter App-Registrierungen ein neues Geheimnis oder Zertifikat und tragen Sie es in Consentry ein.',
    ],
    application_misconfigured: [
      'Die eigene App-Registrierung des Mandanten passt nicht',
      'Microsoft lehnt etwas ab, das nur die Registrierung ändern kann; die Meldung von Microsoft steht unten. Berichtigen Sie sie in Microsoft Entra: die Umleitungsadresse von Consentry, vom Typ Web, und die Berechtigungen.',
    ],
    keys_missing: [
      'Gespeicherte Anmeldungen lassen sich nicht öffnen',
      'Am Schlüsselbund fehlt der Schlüssel {id}. Kommt er zurück, ist nichts verloren. Wer Consentry betreibt, muss diesen Schlüssel wiederherstellen.',
    ],
    keys_wrong: [
      'Gespeicherte Anmeldungen lassen sich nicht öffnen',
      'Der Schlüssel {id} am Schlüsselbund ist nicht der, der sie versiegelt hat, obwohl er dessen Namen trägt. Kommt der richtige zurück, ist nichts verloren. Wer Consentry betreibt, muss diesen Schlüssel wiederherstellen.',
    ],
    vault_away: [
      'Der Schlüsseltresor antwortet nicht',
      'Gespeicherte Anmeldungen werden mit einem Schlüssel aus einem Tresor geöffnet, der gerade nicht da ist oder uns zu warten bittet. Nichts ist verloren, und was schon offen ist, läuft weiter. Es ist nichts zu tun; es geht von selbst weiter, sobald der Tresor antwortet.',
    ],
    vault_refused: [
      'Der Schlüsseltresor verweigert seinen Schlüssel',
      'Nichts ist verloren, bis das behoben ist. Wer Consentry betreibt, muss den Zugang zum Schlüsseltresor wiederherstellen.',
    ],
    sealed_altered: [
      'Was für diesen Mandanten gespeichert ist, wurde verändert',
      'Es wurde in der Datenbank geändert oder verschoben und wird deshalb nicht verwendet. Nichts wurde an Microsoft gesendet. Beginnen Sie von vorn; bleibt es dabei, sagen Sie es dem Betreiber von Consentry.',
    ],
    not_recorded: [
      'Consentry konnte dies nicht aufschreiben',
      'Was hier geschieht, wird zuerst festgehalten, und das Überwachungsprotokoll lässt sich gerade nicht schreiben. Nichts wurde getan. Versuchen Sie es in einigen Sekunden erneut; bleibt es dabei, sagen Sie es dem Betreiber von Consentry.',
    ],
    malformed_request: [
      'Diese Anfrage ist nicht lesbar',
      'Was Ihr Browser gesendet hat, hat nicht die erwartete Form. Öffnen Sie den Link erneut, so wie Sie ihn erhalten haben.',
    ],
    cross_site: [
      'Diese Anfrage kam von einer anderen Website',
      'Änderungen nehmen wir nur von unseren eigenen Seiten an. Öffnen Sie den Link selbst in diesem Browser.',
    ],
    not_found: [
      'Hier ist nichts',
      'Es wurde entfernt oder gehört zu einem anderen Browser oder einer anderen Organisation. Öffnen Sie den Link erneut, den Sie erhalten haben.',
    ],
    too_large: ['Die Anfrage ist zu groß', 'Sie darf bis zu 100 kB haben. Senden Sie weniger auf einmal.'],
    too_many_requests: [
      'Zu viele Anfragen',
      'Nach kurzem Warten geht es weiter. Laden Sie diese Seite in einer Minute neu.',
    ],
    not_ready: [
      'Consentry ist nicht bereit',
      'Es lässt sich gerade nicht verwenden. Sobald das behoben ist, antwortet es wieder; laden Sie diese Seite in einer Minute neu.',
    ],
    server_error: [
      'Das konnte Consentry nicht tun',
      'Es liegt an uns und wurde unter {reference} festgehalten. Nichts wurde geändert. Versuchen Sie es erneut; bleibt es dabei, nennen Sie diese Nummer dem Betreiber von Consentry.',
    ],
  },
}
