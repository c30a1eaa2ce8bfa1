import type { ProblemWords } from '../problem-words.ts'

export const sv: ProblemWords = {
  neutral: {
    account: 'kontot',
    tenant: 'klientorganisationen',
    other: 'ett annat företag',
    person: 'den som skickade den',
    permission: 'en av de tre',
    feature: 'Consentry',
    reference: 'ett nummer i loggen',
    id: 'som förseglade dem',
  },
  permissions: {
    user_impersonation: { title: 'Agera i Partner Center', feature: 'allt i Partner Center' },
    'PartnerBilling.Read.All': { title: 'Läsa faktureringsrapporter', feature: 'faktureringsrapporter' },
    offline_access: { title: 'Förbli inloggad', feature: 'förnyelsen på natten' },
  },
  codes: {
    consent_declined: [
      'Inget tilläts',
      'Någon valde Avbryt hos Microsoft. Inget sparades. Börja om när du är redo.',
    ],
    no_right_to_grant: [
      'Det här kontot får inte bevilja behörigheter',
      'Det kräver rollen Administratör för privilegierade roller (Privileged Role Administrator) i Microsoft Entra. Logga in med ett konto som har den, eller skicka länken till någon som har den.',
    ],
    approval_pending: [
      'Microsoft väntar på ett godkännande',
      'Begäran gick till klientorganisationens administratörer. Börja om när en av dem har godkänt den.',
    ],
    app_blocked: [
      'Klientorganisationen släpper inte in appen',
      'En regel där blockerar appar som ingen har godkänt. Be dess administratör att tillåta Consentry under Företagsprogram (Enterprise applications).',
    ],
    wrong_tenant: [
      'Du loggade in i en annan klientorganisation',
      'Kontot hör till ett annat företag än det som efterfrågades. Inget sparades. Logga in igen och välj ”Använd ett annat konto”.',
    ],
    guest_account: [
      'Det här kontot är bara gäst där',
      'Gäster i en klientorganisation kan inte agera för den i Partner Center. Inget sparades. Använd ett konto som har skapats i {tenant}.',
    ],
    other_account: [
      'Ett annat konto än förut',
      'De två kontonas rättigheter kan skilja sig åt. Bestäm vilket klientorganisationen ska köras med.',
    ],
    link_ended: [
      'Den här länken fungerar inte längre',
      'Den har använts, ersatts eller gått ut. Be {person} om en ny.',
    ],
    other_browser: [
      'Det här började i en annan webbläsare',
      'Av säkerhetsskäl måste det avslutas i den webbläsare där det började. Inget sparades. Öppna länken igen i den här webbläsaren.',
    ],
    answer_mismatch: [
      'Svaret passar inte vår fråga',
      'Det kan vara en gammal sida eller ett upprepat klick. Inget sparades. Börja om från Consentry, inte från webbläsarens historik.',
    ],
    took_too_long: [
      'Inloggningen tog för lång tid',
      'Microsofts svar kom efter de tio minuter som det får ta. Börja om; ha det andra steget redo.',
    ],
    interrupted: [
      'Consentry stoppades mitt i',
      'Det startades om efter att du kom tillbaka från Microsoft och innan inloggningen var förseglad. Tryck på Uppdatera igen, eller öppna länken igen i samma webbläsare.',
    ],
    no_lasting_sign_in: [
      'Microsoft gav ingen varaktig inloggning',
      'Behörigheten ”förbli inloggad” utelämnades. Logga in igen och tillåt alla tre behörigheterna.',
    ],
    mfa_missing: [
      'Inloggningen saknade det andra steget',
      'Kontot använde bara sitt lösenord; Partner Center nekar det, och det går inte att lägga till i efterhand. Konfigurera MFA för {account}, logga sedan in igen och slutför det andra steget.',
    ],
    permission_missing: [
      'En behörighet saknas: {permission}',
      'Den behövs för {feature} och beviljades inte. Logga in igen och tillåt den.',
    ],
    no_partner_center: [
      'Partner Center är inte konfigurerat i klientorganisationen',
      'Microsoft hittar ingen Partner Center-tjänst här; kanske är det en kunds klientorganisation. Kontrollera att detta är Microsoft-ID:t för din partnerklientorganisation.',
    ],
    indirect_reseller: [
      'Indirekta återförsäljare har ingen åtkomst till dessa data',
      'Microsoft öppnar dem bara för partner med direktfakturering och indirekta leverantörer. En ny inloggning kan inte ändra det. Be din indirekta leverantör om faktureringsdata.',
    ],
    other_company: [
      'Partner Center svarade för ett annat företag',
      'Vi frågade efter {tenant}, svaret gällde {other}. Inget sparades. Använd ett konto som bara arbetar i {tenant}.',
    ],
    role_missing: [
      'Kontot är inte administratörsagent (Admin Agent)',
      'Partner Center låter bara den rollen läsa partnerdata; den ges i Partner Center, inte i Entra. Ge {account} rollen under Kontoinställningar, Användarhantering, och testa sedan igen.',
    ],
    agreement_missing: [
      'Microsofts partneravtal (Microsoft Partner Agreement) är inte godkänt',
      'Partner Center svarar inte förrän det är det. Godkänn det i Partner Center och testa sedan igen.',
    ],
    programme_inactive: [
      'Återförsäljarprogrammet är inte aktivt',
      'Microsoft listar klientorganisationen som inaktiv. Fråga Microsofts partnersupport; här går det inte att göra något.',
    ],
    partner_center_refused: [
      'Partner Center avvisade kontot',
      'Inloggningen fungerar, men Partner Center låter inte {account} läsa klientorganisationen. Kontrollera kontots roll under Kontoinställningar, Användarhantering i Partner Center, och testa sedan igen.',
    ],
    graph_refused: [
      'Microsofts datatjänst blockeras av en regel',
      'Partner Center fungerar, men en regel i klientorganisationen stoppar kontot i Microsoft Graph. Be dess administratör att undanta kontot från regeln och logga sedan in igen.',
    ],
    billing_refused: [
      'Kontot får inte läsa faktureringen',
      'Inloggningen och Partner Center fungerar; faktureringen kräver en rättighet till. Ge {account} rollen Faktureringsadministratör (Billing admin) eller administratörsagent (Admin Agent), och testa sedan igen.',
    ],
    grant_refused: [
      'Microsoft godtar inte inloggningen',
      'Microsoft angav inget skäl som vi känner till; meddelandet står nedan. Logga in igen.',
    ],
    signed_out: [
      'Microsoft avslutade inloggningen',
      'En administratör loggade ut kontot överallt eller återställde dess lösenord. Logga in igen.',
    ],
    expired: [
      'Inloggningen har gått ut',
      'Den förnyades inte på 90 dagar, det längsta som Microsoft tillåter. Logga in igen; därefter förnyas den varje natt.',
    ],
    mfa_too_old: [
      'Det är dags för det andra inloggningssteget',
      'Klientorganisationen begär det med jämna mellanrum, och det senaste är för gammalt. Logga in igen med det andra steget.',
    ],
    sign_in_frequency: [
      'Klientorganisationen vill ha en ny inloggning med jämna mellanrum',
      'En regel där avslutar varje inloggning efter en viss tid. Be dess administratör att undanta {account} från regeln och logga sedan in igen.',
    ],
    mfa_setup: [
      'Kontot måste konfigurera sitt andra steg',
      'Klientorganisationen kräver nu MFA, och {account} har det inte. Konfigurera det medan du loggar in igen.',
    ],
    policy_block: [
      'En regel i klientorganisationen blockerar inloggningen',
      'Microsoft kallar det Villkorlig åtkomst (Conditional Access). Det hjälper inte att bara logga in igen. Be dess administratör att tillåta {account} för appen och logga sedan in igen.',
    ],
    device_required: [
      'Klientorganisationen tillåter bara kända enheter',
      'En server har ingen sådan enhet. Be dess administratör att undanta tjänstkontot från regeln.',
    ],
    password_expired: [
      'Kontots lösenord har gått ut',
      'Microsoft vill ha ett nytt först. Ange det hos Microsoft och logga sedan in igen.',
    ],
    account_disabled: [
      'Kontot har stängts av eller tagits bort',
      'Microsoft släpper inte längre in {account}. Slå på det igen, eller logga in med ett annat konto.',
    ],
    account_locked: [
      'Kontot är låst för tillfället',
      'För många felaktiga lösenord, eller en misstänkt adress. Vänta en timme; om det kvarstår, fråga dess administratör.',
    ],
    app_removed: [
      'Consentry togs bort eller stängdes av där',
      'Någon tog bort eller inaktiverade appen i {tenant}. Logga in igen för att tillåta den, eller slå på den under Företagsprogram (Enterprise applications).',
    ],
    tenant_not_found: [
      'Microsoft känner inte till klientorganisationen',
      'Det finns ingen klientorganisation med detta ID i det här Microsoft-molnet. Kontrollera om ett tecken saknas, eller kopiera det igen.',
    ],
    wrong_cloud: [
      'Klientorganisationen finns i ett annat Microsoft-moln',
      'Den här adressen betjänar bara sitt eget Microsoft-moln. Använd Consentry-adressen för det molnet.',
    ],
    microsoft_slow: [
      'Microsoft är långsamt just nu',
      'Microsoft svarade inte riktigt eller bad oss vänta. Inget är förlorat. Du behöver inte göra något; det fortsätter av sig självt.',
    ],
    microsoft_answered_badly: [
      'Microsoft svarade på ett sätt som vi inte förstår',
      'Svaret hade inte den form som Microsoft dokumenterar. Inget ändrades. Försök igen; om det kvarstår, ge Microsofts support de ID:n som står nedan.',
    ],
    app_secret: [
      'Consentrys egen hemlighet hos Microsoft har gått ut',
      'Det gäller alla klientorganisationer. Du behöver inte logga in någonstans. Den som driver Consentry måste lägga till en ny.',
    ],
    app_misconfigured: [
      'Consentrys appregistrering stämmer inte',
      'Microsoft avvisar något som bara registreringen kan ändra; Microsofts meddelande står nedan. Den som driver Consentry måste rätta appregistreringen.',
    ],
    application_secret: [
      'Hemligheten för klientorganisationens egen app gäller inte längre',
      'Microsoft godtar inte det som Consentry har för den app som klientorganisationen har registrerat själv. Andra klientorganisationer berörs inte, och ingen behöver logga in. Skapa en ny hemlighet eller ett nytt certifikat för den i Microsoft Entra under Appregistreringar och ange det i Consentry.',
    ],
    application_misconfigured: [
      'Klientorganisationens egen appregistrering passar inte',
      'Microsoft nekar något som bara registreringen kan ändra; Microsofts egna ord står nedan. Rätta den i Microsoft Entra: omdirigeringsadressen till Consentry, av typen Webb, och behörigheterna.',
    ],
    keys_missing: [
      'Sparade inloggningar går inte att öppna',
      'Nyckelringen saknar nyckeln {id}. Inget är förlorat om den kommer tillbaka. Den som driver Consentry måste återställa nyckeln.',
    ],
    keys_wrong: [
      'Sparade inloggningar går inte att öppna',
      'Nyckeln {id} i nyckelringen är inte den som förseglade dem, fast den har dess namn. Inget är förlorat om den rätta kommer tillbaka. Den som driver Consentry måste återställa nyckeln.',
    ],
    vault_away: [
      'Nyckelvalvet svarar inte',
      'Sparade inloggningar öppnas med en nyckel i ett valv (Key Vault) som är borta eller ber oss att vänta. Inget är förlorat, och det som redan är öppet fortsätter. Du behöver inte göra något; det fortsätter av sig självt när valvet svarar.',
    ],
    vault_refused: [
      'Nyckelvalvet nekar sin nyckel',
      'Inget är förlorat medan det rättas till. Den som driver Consentry måste återställa åtkomsten till nyckelvalvet.',
    ],
    sealed_altered: [
      'Det som är sparat för klientorganisationen har ändrats',
      'Det har ändrats eller flyttats i databasen och används därför inte. Inget skickades till Microsoft. Börja om; om det kvarstår, säg det till den som driver Consentry.',
    ],
    not_recorded: [
      'Consentry kunde inte skriva upp detta',
      'Allt som görs här skrivs upp först, och granskningsloggen kan inte skrivas just nu. Inget gjordes. Försök igen om några sekunder; om det kvarstår, säg det till den som driver Consentry.',
    ],
    malformed_request: [
      'Begäran går inte att läsa',
      'Det som din webbläsare skickade har inte den väntade formen. Öppna länken igen, så som du fick den.',
    ],
    cross_site: [
      'Begäran kom från en annan webbplats',
      'Ändringar godtas bara från våra egna sidor. Öppna länken själv i den här webbläsaren.',
    ],
    not_found: [
      'Det finns inget här',
      'Det har tagits bort, eller hör till en annan webbläsare eller en annan organisation. Öppna länken som du fick igen.',
    ],
    too_large: ['Begäran är för stor', 'Den får vara högst 100 kB. Skicka mindre åt gången.'],
    too_many_requests: [
      'För många begäranden',
      'Det går vidare efter en kort väntan. Ladda sidan igen om en minut.',
    ],
    not_ready: [
      'Consentry är inte redo',
      'Det kan inte användas just nu. Så snart det är åtgärdat svarar det igen; ladda sidan på nytt om en minut.',
    ],
    server_error: [
      'Consentry kunde inte göra det',
      'Felet är vårt och har registrerats under {reference}. Inget ändrades. Försök igen; om det kvarstår, ge det här numret till den som driver Consentry.',
    ],
  },
}
