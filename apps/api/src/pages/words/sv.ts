import type { Words } from './en.ts'

/** Swedish: "du", and Microsoft's own Swedish terms with the English name where people search for it. */
export const sv: Words = {
  lang: 'sv',
  locale: 'sv-SE',

  link: {
    short: '{organisation} ber om en anslutning',
    title: '{organisation} ber att få ansluta till din partnerklientorganisation hos Microsoft',
    asked: '{person} bad om det {time}',
    doubt: 'Är du osäker? Ring ett nummer som du redan har, inte ett som står i meddelandet.',
    tenant: 'Din klientorganisation',
    microsoftId: 'Microsoft-ID',
    reason: 'Deras skäl',
    can: 'Det här blir möjligt',
    able: [
      ['Arbeta i Partner Center som du', 'Det som kontot du använder får göra där'],
      ['Läsa dina faktureringsrapporter', 'Microsofts fakturor till ditt företag'],
      ['Förbli inloggad', 'Tills du eller Microsoft avslutar det'],
    ],
    cannot: 'Det här blir inte möjligt',
    unable: [
      ['Se ditt lösenord', 'Du skriver det bara hos Microsoft'],
      ['Läsa e-post eller filer', 'Varken dina eller dina kunders'],
      ['Behålla åtkomsten när du har avslutat den', 'Det kan du göra själv när som helst'],
    ],
    accountTitle: 'Kontot du behöver',
    account:
      'Använd ett konto som är {privileged} i Microsoft Entra och {agent} i Partner Center och som loggar in med ett andra steg (MFA). Ett tjänstkonto är bättre än ditt eget.',
    privileged: 'Administratör för privilegierade roller (Privileged Role Administrator)',
    agent: 'Administratörsagent (Admin Agent)',
    next: 'Härnäst går du till Microsoft',
    address:
      'Kontrollera att adressen börjar med {address} innan du skriver ett lösenord. Efteråt kommer du tillbaka hit och ser resultatet.',
    go: 'Fortsätt till Microsoft',
    decline: 'Jag väntade mig inte detta',
    until: 'Länken fungerar en gång, fram till {time}.',
    foot: 'Du är på {host}, ett Consentry som {organisation} använder.',
  },
  stuck: {
    title: 'Om Microsoft inte skickar dig tillbaka hit',
    says: [
      [
        '”Administratörsgodkännande krävs” (Need admin approval)',
        'En administratör måste ge det: skicka länken till en sådan, eller be om ett godkännande där.',
      ],
      [
        '”Du kan inte komma dit härifrån” (You can’t get there from here), eller något om enheten',
        'En princip på ditt företag blockerar enheten: använd en som ditt företag känner till.',
      ],
      [
        '”Kontot finns inte i klientorganisationen” (Account does not exist in tenant)',
        'Gå tillbaka och välj ett annat konto, ett som hör till själva klientorganisationen.',
      ],
      [
        '”Mer information krävs” (More information required)',
        'Konfigurera det andra steget färdigt och öppna sedan länken igen.',
      ],
      ['Sidan stängdes', 'Öppna länken igen i den här webbläsaren. Inget är förlorat.'],
    ],
  },
  end: {
    title: 'Så avslutar du åtkomsten senare',
    text: 'Öppna Företagsprogram (Enterprise applications) i administrationscentret för Entra, välj Consentry, sedan Egenskaper, och välj Ta bort. Återkalla därefter sessionerna för kontot som användes.',
  },
  thanks: {
    title: 'Tack',
    text: 'Länken fungerar inte längre. {person} ser att den avslutades.',
  },
  result: {
    checking: '{tenant} kontrolleras',
    proven: '{n} av {all} bevisade. Du kan stänga sidan; kontrollerna fortsätter.',
    underway: 'Inte tillbaka från Microsoft än',
    underwayText: '{tenant} är inte ansluten: resan via Microsoft är inte slut. Inget sparades.',
    connected: '{tenant} är ansluten',
    done: 'Klart. {tenant} är ansluten.',
    close: 'Du kan stänga sidan. {person} ser resultatet i Consentry.',
    expected: 'Förväntat',
    back: 'Gå tillbaka till {address}',
    otherAccount:
      'Klientorganisationen var ansluten med ett annat konto. {person} bestämmer vilket den körs med; du kan stänga sidan.',
    checked: 'Vad som kontrollerades',
    passed: 'godkänd',
    failed: 'inte godkänd',
    running: 'pågår',
    notReached: 'inte nådd',
  },
  problem: {
    again: 'Börja om',
    otherAccount: 'Försök igen med ett annat konto',
    sender: 'Fel företag, eller kommer du inte vidare? Säg det till den som skickade länken: {person}.',
    support: 'För Microsofts support',
    code: 'Kod',
    microsoft: {
      error: 'Microsofts svar',
      suberror: 'Närmare bestämt',
      code: 'Microsofts kod',
      message: 'Ordalydelse',
      traceId: 'Spårnings-ID (Trace ID)',
      correlationId: 'Korrelations-ID (Correlation ID)',
      timestamp: 'Tid (UTC)',
      httpStatus: 'HTTP-status',
      refreshTokenAgeMs: 'Inloggningens ålder (ms)',
    },
  },
  unbuilt: {
    title: 'Konsolen är inte byggd',
    text: 'Kör {command} i kodförrådet och ladda sidan igen. API:et fungerar utan den.',
  },
  rungs: {
    grant: {
      title: 'Microsoft godtog inloggningen',
      checking: 'Växlar in Microsofts svar',
      passed: 'En ny inloggning togs emot och förseglades.',
      found: '',
    },
    account: {
      title: 'Rätt klientorganisation, rätt konto',
      checking: 'Jämför klientorganisation och konto',
      passed: 'En medlem i den här klientorganisationen.',
      found: '{account}, en medlem i den här klientorganisationen.',
    },
    mfa: {
      title: 'Inloggat med ett andra steg',
      checking: 'Läser hur kontot loggade in',
      passed: 'Microsoft bekräftar MFA för den här inloggningen.',
      found: '',
    },
    permissions: {
      title: 'Alla behörigheter beviljade',
      checking: 'Jämför behörigheterna',
      passed: 'Partner Center, faktureringsrapporter, förbli inloggad.',
      found: 'Partner Center, förbli inloggad.',
    },
    partner_center: {
      title: 'Partner Center svarar',
      checking: 'Frågar efter klientorganisationens profil',
      passed: 'Svarade för den här klientorganisationen.',
      found: 'Svarade för {company}.',
    },
    role: {
      title: 'Kontot får agera som administratörsagent',
      checking: 'Provar ett anrop som kräver rollen',
      passed: 'Rollen finns.',
      found: '',
    },
    graph: {
      title: 'Microsoft Graph svarar',
      checking: 'Frågar Microsofts datatjänst',
      passed: 'Svarade.',
      found: 'Det här molnet har ingen partnerfakturering i Microsoft Graph; inget behövs där.',
    },
    billing: {
      title: 'Faktureringsdata går att läsa',
      checking: 'Frågar efter den senaste fakturan',
      passed: 'Ingen faktura än; åtkomsten fungerar.',
      found: 'Senaste faktura: {invoice}, {month}.',
    },
  },
}
