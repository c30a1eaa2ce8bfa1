import type { Words } from './en.ts'

/** Spanish for both sides of the ocean: "usted", and no "de" or "a" before a value that may begin with an article. */
export const es: Words = {
  lang: 'es',
  locale: 'es-ES',

  link: {
    short: '{organisation} pide una conexión',
    title: '{organisation} pide conectarse a su inquilino de partner de Microsoft',
    asked: '{person} lo pidió el {time}',
    doubt: '¿Tiene dudas? Llame a un número que ya tenga, no a uno del mensaje.',
    tenant: 'Su inquilino',
    microsoftId: 'Id. de Microsoft',
    reason: 'Motivo de la solicitud',
    can: 'Será posible',
    able: [
      ['Actuar en su nombre en el Centro de partners', 'Con los derechos que tenga allí la cuenta que use'],
      ['Leer sus informes de facturación', 'Las facturas de Microsoft a su empresa'],
      ['Mantener la sesión iniciada', 'Hasta que usted o Microsoft le ponga fin'],
    ],
    cannot: 'No será posible',
    unable: [
      ['Ver su contraseña', 'Usted la escribe solo en Microsoft'],
      ['Leer correo o archivos', 'Ni los suyos ni los de sus clientes'],
      ['Conservar el acceso cuando usted le ponga fin', 'Puede hacerlo usted en cualquier momento'],
    ],
    accountTitle: 'La cuenta que necesita',
    account:
      'Use una cuenta que sea {privileged} en Microsoft Entra y {agent} en el Centro de partners, y que inicie sesión con un segundo paso (MFA). Una cuenta de servicio es mejor que la suya.',
    privileged: 'Administrador de roles con privilegios (Privileged Role Administrator)',
    agent: 'Agente de administración (Admin Agent)',
    next: 'A continuación va a Microsoft',
    address:
      'Antes de escribir una contraseña, compruebe que la dirección empieza por {address}. Después vuelve aquí y ve el resultado.',
    go: 'Continuar a Microsoft',
    decline: 'No esperaba esto',
    until: 'Este enlace funciona una sola vez, hasta el {time}.',
    foot: 'Está en {host}, un Consentry que usa {organisation}.',
  },
  stuck: {
    title: 'Si Microsoft no le devuelve aquí',
    says: [
      [
        '«Se necesita la aprobación del administrador» (Need admin approval)',
        'Un administrador debe concederla: envíele este enlace, o pídale que apruebe la solicitud allí.',
      ],
      [
        '«No puede acceder a esto desde aquí» (You can’t get there from here), o algo sobre el dispositivo',
        'Una directiva de su empresa bloquea este dispositivo: use uno que su empresa conozca.',
      ],
      [
        '«La cuenta no existe en el inquilino» (Account does not exist in tenant)',
        'Vuelva atrás y elija otra cuenta, una del propio inquilino.',
      ],
      [
        '«Se necesita más información» (More information required)',
        'Termine de configurar el segundo paso y abra de nuevo este enlace.',
      ],
      ['La página se cerró', 'Abra de nuevo este enlace en este navegador. No se pierde nada.'],
    ],
  },
  end: {
    title: 'Cómo poner fin al acceso más adelante',
    text: 'En el centro de administración de Entra, abra Aplicaciones empresariales (Enterprise applications), elija Consentry, luego Propiedades, y elija Eliminar. Después revoque las sesiones de la cuenta que se usó.',
  },
  thanks: {
    title: 'Gracias',
    text: 'El enlace ya no funciona. {person} ve que se le puso fin.',
  },
  result: {
    checking: 'Comprobación en curso: {tenant}',
    proven: '{n} de {all} comprobados. Puede cerrar esta página; las comprobaciones continúan.',
    underway: 'Todavía no ha vuelto de Microsoft',
    underwayText:
      '{tenant} no está conectado: el recorrido por Microsoft no ha terminado. No se guardó nada.',
    connected: '{tenant} está conectado',
    done: 'Listo. {tenant} está conectado.',
    close: 'Puede cerrar esta página. {person} ve el resultado en Consentry.',
    expected: 'Se esperaba',
    back: 'Volver a {address}',
    otherAccount:
      'Este inquilino estaba conectado con otra cuenta. {person} decide con cuál funciona; puede cerrar esta página.',
    checked: 'Qué se comprobó',
    passed: 'superado',
    failed: 'no superado',
    running: 'en curso',
    notReached: 'no alcanzado',
  },
  problem: {
    again: 'Empezar de nuevo',
    otherAccount: 'Reintentar con otra cuenta',
    sender: '¿No es la empresa correcta, o no puede seguir? Dígaselo a quien envió el enlace: {person}.',
    support: 'Para el soporte técnico de Microsoft',
    code: 'Código',
    microsoft: {
      error: 'Respuesta de Microsoft',
      suberror: 'Con más detalle',
      code: 'Código de Microsoft',
      message: 'Mensaje',
      traceId: 'Id. de seguimiento (Trace ID)',
      correlationId: 'Id. de correlación (Correlation ID)',
      timestamp: 'Hora (UTC)',
      httpStatus: 'Estado HTTP',
      refreshTokenAgeMs: 'Antigüedad del inicio de sesión (ms)',
    },
  },
  unbuilt: {
    title: 'La consola no está compilada',
    text: 'Ejecute {command} en el repositorio y cargue de nuevo esta página. La API funciona sin ella.',
  },
  rungs: {
    grant: {
      title: 'Microsoft aceptó el inicio de sesión',
      checking: 'Se canjea la respuesta de Microsoft',
      passed: 'Se recibió y selló un inicio de sesión nuevo.',
      found: '',
    },
    account: {
      title: 'El inquilino y la cuenta correctos',
      checking: 'Se comparan inquilino y cuenta',
      passed: 'Un miembro de este inquilino.',
      found: '{account}, miembro de este inquilino.',
    },
    mfa: {
      title: 'Inicio de sesión con segundo paso',
      checking: 'Se lee cómo inició sesión la cuenta',
      passed: 'Microsoft confirma la MFA para este inicio de sesión.',
      found: '',
    },
    permissions: {
      title: 'Todos los permisos concedidos',
      checking: 'Se comparan los permisos',
      passed: 'Centro de partners, informes de facturación, mantener la sesión iniciada.',
      found: 'Centro de partners, mantener la sesión iniciada.',
    },
    partner_center: {
      title: 'El Centro de partners responde',
      checking: 'Se pide el perfil de este inquilino',
      passed: 'Respondió por este inquilino.',
      found: 'Respondió por {company}.',
    },
    role: {
      title: 'La cuenta puede actuar como Agente de administración',
      checking: 'Se prueba una llamada que requiere el rol',
      passed: 'El rol está.',
      found: '',
    },
    graph: {
      title: 'Microsoft Graph responde',
      checking: 'Se consulta el servicio de datos de Microsoft',
      passed: 'Respondió.',
      found: 'Esta nube no tiene facturación de partners en Microsoft Graph; allí no hace falta nada.',
    },
    billing: {
      title: 'Los datos de facturación se pueden leer',
      checking: 'Se pide la factura más reciente',
      passed: 'Todavía no hay facturas; el acceso funciona.',
      found: 'Factura más reciente: {invoice}, {month}.',
    },
  },
}
