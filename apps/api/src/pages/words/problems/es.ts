import type { ProblemWords } from '../problem-words.ts'

export const es: ProblemWords = {
  neutral: {
    account: 'la cuenta',
    tenant: 'este inquilino',
    other: 'otra empresa',
    person: 'la persona que lo envió',
    permission: 'uno de los tres',
    feature: 'Consentry',
    reference: 'un número del registro',
    id: 'que los selló',
  },
  permissions: {
    user_impersonation: {
      title: 'Actuar en el Centro de partners',
      feature: 'todo en el Centro de partners',
    },
    'PartnerBilling.Read.All': {
      title: 'Leer informes de facturación',
      feature: 'los informes de facturación',
    },
    offline_access: { title: 'Mantener la sesión iniciada', feature: 'la renovación nocturna' },
  },
  codes: {
    consent_declined: [
      'No se concedió nada',
      'Alguien eligió Cancelar en Microsoft. No se guardó nada. Empiece de nuevo cuando quiera.',
    ],
    no_right_to_grant: [
      'Esta cuenta no puede conceder permisos',
      'Para eso hace falta el rol Administrador de roles con privilegios (Privileged Role Administrator) en Microsoft Entra. Inicie sesión con una cuenta que lo tenga, o envíe el enlace a quien lo tenga.',
    ],
    approval_pending: [
      'Microsoft espera una aprobación',
      'La solicitud llegó a los administradores del inquilino. Empiece de nuevo cuando uno de ellos la haya aprobado.',
    ],
    app_blocked: [
      'El inquilino no deja entrar esta aplicación',
      'Una regla bloquea allí las aplicaciones que nadie ha aprobado. Pida a su administrador que permita Consentry en Aplicaciones empresariales (Enterprise applications).',
    ],
    wrong_tenant: [
      'Inició sesión en otro inquilino',
      'La cuenta pertenece a una empresa distinta de la solicitada. No se guardó nada. Inicie sesión de nuevo y elija «Usar otra cuenta».',
    ],
    guest_account: [
      'Esta cuenta es allí solo de invitado',
      'Los invitados de un inquilino no pueden actuar por él en el Centro de partners. No se guardó nada. Use una cuenta que se haya creado en {tenant}.',
    ],
    other_account: [
      'Una cuenta distinta de la anterior',
      'Los derechos de las dos cuentas pueden ser distintos. Decida con cuál debe funcionar este inquilino.',
    ],
    link_ended: [
      'Este enlace ya no funciona',
      'Se usó, se reemplazó, o su plazo ha pasado. Pida uno nuevo. Quien puede dárselo: {person}.',
    ],
    other_browser: [
      'Este recorrido empezó en otro navegador',
      'Por seguridad debe terminar en el navegador donde empezó. No se guardó nada. Abra de nuevo el enlace en este navegador.',
    ],
    answer_mismatch: [
      'Esta respuesta no corresponde a nuestra pregunta',
      'Puede ser una página antigua o un clic repetido. No se guardó nada. Empiece de nuevo desde Consentry, no desde el historial del navegador.',
    ],
    took_too_long: [
      'El inicio de sesión tardó demasiado',
      'La respuesta de Microsoft llegó después de los diez minutos que puede tardar. Empiece de nuevo; tenga a mano el segundo paso.',
    ],
    interrupted: [
      'Consentry se detuvo a la mitad',
      'Se reinició después de que usted volviera desde Microsoft y antes de sellar el inicio de sesión. Pulse de nuevo Actualizar, o abra de nuevo el enlace en el mismo navegador.',
    ],
    no_lasting_sign_in: [
      'Microsoft no dio un inicio de sesión duradero',
      'Se omitió el permiso «mantener la sesión iniciada». Inicie sesión de nuevo y conceda los tres permisos.',
    ],
    mfa_missing: [
      'El inicio de sesión no tuvo segundo paso',
      'La cuenta usó solo su contraseña; el Centro de partners lo rechaza, y el paso no se puede añadir después. Configure la MFA para {account}, luego inicie sesión de nuevo y complete el segundo paso.',
    ],
    permission_missing: [
      'Falta un permiso: {permission}',
      'Hace falta para {feature} y no se concedió. Inicie sesión de nuevo y concédalo.',
    ],
    no_partner_center: [
      'El Centro de partners no está configurado en este inquilino',
      'Microsoft no encuentra aquí ningún servicio del Centro de partners; quizá sea el inquilino de un cliente. Compruebe que este es el id. de Microsoft de su inquilino de partner.',
    ],
    indirect_reseller: [
      'Los revendedores indirectos no tienen acceso a estos datos',
      'Microsoft los abre solo a partners de facturación directa y a proveedores indirectos. Iniciar sesión de nuevo no puede cambiarlo. Pida los datos de facturación a su proveedor indirecto.',
    ],
    other_company: [
      'El Centro de partners respondió por otra empresa',
      'Preguntamos por {tenant}, respondió por {other}. No se guardó nada. Use una cuenta que trabaje solo en {tenant}.',
    ],
    role_missing: [
      'La cuenta no es Agente de administración (Admin Agent)',
      'El Centro de partners deja leer los datos de partner solo a ese rol; se da en el Centro de partners, no en Entra. Abra {account} en Configuración de la cuenta, Administración de usuarios, asigne el rol y pruebe de nuevo.',
    ],
    agreement_missing: [
      'El Contrato de Partner de Microsoft no está aceptado',
      'El Centro de partners no responde nada hasta que lo esté. Acéptelo en el Centro de partners y pruebe de nuevo.',
    ],
    programme_inactive: [
      'El programa de revendedor no está activo',
      'Para Microsoft, este inquilino está inactivo. Pregunte al soporte técnico para partners de Microsoft; aquí no se puede hacer nada.',
    ],
    partner_center_refused: [
      'El Centro de partners rechazó la cuenta',
      'El inicio de sesión funciona, pero el Centro de partners no permite que {account} lea este inquilino. Compruebe su rol en Configuración de la cuenta, Administración de usuarios del Centro de partners, y pruebe de nuevo.',
    ],
    graph_refused: [
      'Una regla bloquea el servicio de datos de Microsoft',
      'El Centro de partners funciona, pero una regla del inquilino detiene esta cuenta en Microsoft Graph. Pida a su administrador que excluya la cuenta de esa regla y luego inicie sesión de nuevo.',
    ],
    billing_refused: [
      'La cuenta no puede leer la facturación',
      'El inicio de sesión y el Centro de partners funcionan; la facturación exige un derecho más. Asigne el rol Administrador de facturación (Billing admin) o Agente de administración para {account} y pruebe de nuevo.',
    ],
    grant_refused: [
      'Microsoft no acepta este inicio de sesión',
      'No dio ningún motivo que conozcamos; su mensaje figura abajo. Inicie sesión de nuevo.',
    ],
    signed_out: [
      'Microsoft puso fin a este inicio de sesión',
      'Un administrador cerró la sesión de la cuenta en todas partes o restableció su contraseña. Inicie sesión de nuevo.',
    ],
    expired: [
      'El inicio de sesión caducó',
      'No se renovó durante 90 días, el máximo que permite Microsoft. Inicie sesión de nuevo; desde entonces se renueva cada noche.',
    ],
    mfa_too_old: [
      'Toca repetir el segundo paso de inicio de sesión',
      'Este inquilino lo pide cada cierto tiempo, y el último es demasiado antiguo. Inicie sesión de nuevo con el segundo paso.',
    ],
    sign_in_frequency: [
      'El inquilino quiere un inicio de sesión nuevo cada cierto tiempo',
      'Una regla pone fin allí a cada inicio de sesión después de un plazo fijo. Pida a su administrador que excluya {account} de esa regla y luego inicie sesión de nuevo.',
    ],
    mfa_setup: [
      'La cuenta debe configurar su segundo paso',
      'El inquilino exige ahora MFA y {account} no la tiene. Configúrela al iniciar sesión de nuevo.',
    ],
    policy_block: [
      'Una regla del inquilino bloquea este inicio de sesión',
      'Microsoft la llama Acceso condicional (Conditional Access). Iniciar sesión de nuevo no basta. Pida a su administrador que permita {account} para esta aplicación y luego inicie sesión de nuevo.',
    ],
    device_required: [
      'El inquilino solo admite dispositivos conocidos',
      'Un servidor no tiene un dispositivo así. Pida a su administrador que excluya la cuenta de servicio de esa regla.',
    ],
    password_expired: [
      'La contraseña de la cuenta ha caducado',
      'Microsoft quiere antes una nueva. Cámbiela en Microsoft y luego inicie sesión de nuevo.',
    ],
    account_disabled: [
      'La cuenta se deshabilitó o se eliminó',
      'Microsoft ya no admite {account}. Habilítela de nuevo, o inicie sesión con otra cuenta.',
    ],
    account_locked: [
      'La cuenta está bloqueada por ahora',
      'Demasiadas contraseñas incorrectas, o una dirección sospechosa. Espere una hora; si continúa, pregunte a su administrador.',
    ],
    app_removed: [
      'Allí se quitó o se deshabilitó Consentry',
      'Alguien eliminó o deshabilitó la aplicación en {tenant}. Inicie sesión de nuevo para permitirla, o habilítela en Aplicaciones empresariales (Enterprise applications).',
    ],
    tenant_not_found: [
      'Microsoft no conoce este inquilino',
      'Ningún inquilino con este id. existe en esta nube de Microsoft. Mire si falta un carácter, o cópielo de nuevo.',
    ],
    wrong_cloud: [
      'Este inquilino está en otra nube de Microsoft',
      'Esta dirección solo atiende su propia nube de Microsoft. Use la dirección de Consentry para esa nube.',
    ],
    microsoft_slow: [
      'Microsoft va lento por ahora',
      'No respondió bien, o nos pidió esperar. No se pierde nada. No hay nada que hacer; continúa por sí solo.',
    ],
    microsoft_answered_badly: [
      'Microsoft respondió de un modo que no entendemos',
      'La respuesta no tenía la forma que documenta Microsoft. No se cambió nada. Reintente; si continúa, dé los id. de abajo al soporte técnico de Microsoft.',
    ],
    app_secret: [
      'El secreto de Consentry en Microsoft ha caducado',
      'Afecta a todos los inquilinos. No tiene que iniciar sesión en ningún sitio. Quien administra Consentry tiene que agregar uno nuevo.',
    ],
    app_misconfigured: [
      'El registro de aplicación de Consentry no es adecuado',
      'Microsoft rechaza algo que solo el registro puede cambiar; su mensaje figura abajo. Quien administra Consentry tiene que corregir el registro de aplicación.',
    ],
    application_secret: [
      'El secreto de la aplicación propia del inquilino ya no vale',
      'Microsoft no acepta lo que Consentry tiene para la aplicación que este inquilino registró por su cuenta. A los demás inquilinos no les afecta, y nadie tiene que iniciar sesión. Cree para ella un secreto o certificado nuevo en Microsoft Entra, en Registros de aplicaciones, e introdúzcalo en Consentry.',
    ],
    application_misconfigured: [
      'El registro de aplicación propio del inquilino no encaja',
      'Microsoft rechaza algo que solo el registro puede cambiar; su mensaje está abajo. Corríjalo en Microsoft Entra: la dirección de redirección de Consentry, de tipo Web, y los permisos.',
    ],
    keys_missing: [
      'Los inicios de sesión guardados no se pueden abrir',
      'En el llavero falta la clave {id}. No se pierde nada mientras vuelve. Quien administra Consentry tiene que restaurar esa clave.',
    ],
    keys_wrong: [
      'Los inicios de sesión guardados no se pueden abrir',
      'La clave {id} del llavero no es la que los selló, aunque lleva su nombre. No se pierde nada mientras vuelve la correcta. Quien administra Consentry tiene que restaurar esa clave.',
    ],
    vault_away: [
      'El almacén de claves no responde',
      'Los inicios de sesión guardados se abren con una clave de un almacén que no está disponible o pide esperar. No se pierde nada, y lo que ya está abierto continúa. No hay nada que hacer; continúa por sí solo cuando el almacén responda.',
    ],
    vault_refused: [
      'El almacén de claves niega su clave',
      'No se pierde nada mientras se arregla. Quien administra Consentry tiene que restablecer el acceso al almacén de claves.',
    ],
    sealed_altered: [
      'Lo guardado para este inquilino se alteró',
      'Se cambió o se movió en la base de datos, así que no se usa. No se envió nada a Microsoft. Empiece de nuevo; si continúa, dígaselo a quien administra Consentry.',
    ],
    not_recorded: [
      'Consentry no pudo anotarlo',
      'Todo lo que se hace aquí se anota primero, y el registro de auditoría no se puede escribir por ahora. No se hizo nada. Reintente dentro de unos segundos; si continúa, dígaselo a quien administra Consentry.',
    ],
    malformed_request: [
      'Esta solicitud no se puede leer',
      'Lo que envió su navegador no tiene la forma esperada. Abra de nuevo el enlace, tal como lo recibió.',
    ],
    cross_site: [
      'Esta solicitud vino de otro sitio',
      'Solo se aceptan cambios desde nuestras propias páginas. Abra usted el enlace en este navegador.',
    ],
    not_found: [
      'Aquí no hay nada',
      'Se quitó, o pertenece a otro navegador o a otra organización. Abra de nuevo el enlace que recibió.',
    ],
    too_large: ['La solicitud es demasiado grande', 'Puede tener hasta 100 kB. Envíe menos de una vez.'],
    too_many_requests: [
      'Demasiadas solicitudes',
      'Continúa después de una breve espera. Cargue de nuevo esta página dentro de un minuto.',
    ],
    not_ready: [
      'Consentry no está listo',
      'No se puede usar por ahora. En cuanto se arregle, responde de nuevo; cargue otra vez esta página dentro de un minuto.',
    ],
    server_error: [
      'Consentry no pudo hacerlo',
      'Es culpa nuestra y se registró con la referencia {reference}. No se cambió nada. Reintente; si continúa, dé este número a quien administra Consentry.',
    ],
  },
}
