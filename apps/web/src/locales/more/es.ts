import type { MoreMessages } from '../messages.ts'

/** Spanish words of pages that nobody meets first. */
export const es: MoreMessages = {
  customers: {
    title: 'Clientes',
    titleOf: 'Clientes de {tenant}',
    lead: 'Permisos que Consentry tiene en los inquilinos de sus clientes. Usted los concede en nombre del cliente; allí nadie tiene que iniciar sesión.',
    viewer: 'Para conceder o retirar, pida ayuda a un administrador.',
    show: 'Qué clientes',
    views: { granted: 'Concedidos por nosotros', all: 'Todos los clientes' },
    grantedCount: 'Concedidos por nosotros ({n})',
    showAll: 'Mostrar todos los clientes',
    search: { granted: 'Nombre, dominio o id. de inquilino', all: 'Comienzo del nombre, o un dominio' },
    nothing: 'Aún no hay nada concedido en el inquilino de ningún cliente.',
    nobody: 'El Centro de partners no muestra ningún cliente.',
    range: 'Clientes {from} a {to}',
    customer: 'Cliente',
    states: {
      none: 'Nada concedido',
      granting: 'Aún no se sabe',
      granted: 'Concedido',
      revoking: 'Aún no se sabe',
      revoked: 'Retirado',
      failed: 'Rechazado',
    },
    unknown: {
      granting:
        'Se pidió a Microsoft que concediera, y su respuesta no ha llegado. Conceder de nuevo no hace daño.',
      revoking:
        'Se pidió a Microsoft que retirara, y su respuesta no ha llegado. Retirar de nuevo no hace daño.',
    },
    uncertain:
      'Ya había un consentimiento, y Microsoft no dice qué contiene. Para estar seguro, retírelo y conceda de nuevo.',
    permissions: 'Permisos',
    more: 'y {n} más | y {n} más',
    when: 'Desde',
    by: '{date}, por {person}',
    grant: 'Conceder permisos',
    grantIt: 'Conceder',
    grantAgain: 'Conceder de nuevo',
    change: 'Cambiar',
    takeBack: 'Retirar',
    named: '{what}: {customer}',
    toTenant: 'Abrir el inquilino',
    grantTitleOf: 'Conceder permisos: {customer}',
    field: {
      label: 'Cliente',
      hint: 'Id. de inquilino, dominio o comienzo del nombre.',
      id: 'Se preguntará al Centro de partners por este inquilino al conceder.',
      looking: 'Se busca en el Centro de partners',
      nobody: 'Ningún cliente de este inquilino de partner ({tenant}) comienza así.',
      which: 'Qué cliente',
    },
    what: 'Lo que se concede',
    reasons: {
      Directory_Read_All: 'Para leer los usuarios, grupos y licencias del cliente.',
      User_Read: 'Para iniciar sesión allí con la cuenta del partner.',
    },
    further: 'Agregar otros permisos',
    scopes: 'Permisos',
    scopesHint: 'Sus nombres separados por espacios, como Application.Read.All.',
    api: 'Id. de aplicación de la API',
    apiHint: 'Vacío: Microsoft Graph.',
    replaces: 'Esto sustituye a lo que está concedido ahora; por un momento no habrá nada concedido.',
    done: 'Concedido',
    revokeTitle: '¿Retirar todo lo concedido aquí: {customer}?',
    revokeText:
      'Consentry pierde allí todos sus permisos al momento, y lo que los use será rechazado. Puede conceder de nuevo cuando quiera.',
    keep: 'Conservar',
    revoked: 'Retirado',
    gdap: {
      title: 'Lo que Microsoft exige antes de que pueda conceder',
      lead: 'Las cuatro cosas, para cada cliente. Microsoft lo llama privilegios de administrador delegados granulares (GDAP).',
      agent: 'La cuenta es Agente de administración: {account}',
      agentWhere:
        'Centro de partners, Configuración de la cuenta, Administración de usuarios: en la cuenta, «Ayuda a sus clientes como», Agente de administración. Entonces está en el grupo AdminAgents.',
      relationship: 'El cliente ha aprobado una relación de administración con usted',
      relationshipWhere:
        'Centro de partners, Clientes, el cliente, Relaciones de administración: una de ellas está activa y no ha expirado.',
      role: 'La relación contiene un rol que puede conceder',
      roleWhere:
        'Administrador global, Administrador de roles con privilegios o Administrador de aplicaciones en la nube; basta el último.',
      group: 'Un grupo de seguridad suyo tiene allí ese rol, y la cuenta está en él',
      groupWhere:
        'En la relación, en Grupos de seguridad. Pasan unos minutos hasta que Microsoft conoce un cambio en todas partes.',
      old: 'La administración delegada antigua (DAP) no basta.',
      more: 'La página de Microsoft sobre GDAP',
    },
  },
}
