# Фразы и слова по-русски. Фраза `say-FORM` — предложение заполненной формы; её атрибут `.FIELD`
# добавляется, если это поле заполнено. Прочие переменные описаны в en.ftl.
# Линия служит предотвращению инцидентов; readout — сообщение об итогах разговора.

pattern-day = d MMMM y 'г.'
pattern-minute = d MMMM y 'г.', HH:mm 'UTC'
pattern-second = d MMMM y 'г.', HH:mm:ss 'UTC'
position = { $lat }° { $north ->
    [yes] с. ш.
   *[no] ю. ш.
}, { $lon }° { $east ->
    [yes] в. д.
   *[no] з. д.
}

at-level = { $level ->
    [desk] на уровне дежурных постов
    [commander] на уровне командующих
    [chief] на уровне начальников генеральных штабов
    [minister] на уровне министров
   *[leader] на уровне руководителей государств
}

say-acknowledged = { $about }: принято к сведению.

say-activity = Деятельность { $ref }: { $title } ({ $kind-name }), с { $start } до { $end }, высота от { $lower } до { $upper } { $unit-name } { $datum-name }. { $shape ->
    [circle] Место: круг радиусом { $shape-radius_m } м, центр — { $shape-from }
    [corridor] Место: полоса шириной { $shape-width_m } м от точки { $shape-from } до точки { $shape-to } (точек: { $shape-count }; { $edges-name }).
   *[area] Место: район, вершин: { $shape-count }, одна из них — { $shape-from } ({ $edges-name }).
}
    .separation = Просьба держаться не ближе { $separation-horizontal_m } м по горизонтали, { $separation-vertical_m } м по высоте и { $separation-time_s } с по времени.
    .vehicles = { $vehicles ->
        [one] { $vehicles } единица техники.
        [few] { $vehicles } единицы техники.
       *[other] { $vehicles } единиц техники.
    }
    .escort = Сопровождение: { $escort-name }.
    .route = Маршрут: { $route }
    .contact = Отвечает на связи: { $contact }
    .site_type = Вид объекта: { $site_type-name }.
    .permanent = { $permanent ->
        [true] Остаётся до отзыва.
       *[false] Не остаётся.
    }
    .ground_highest_m = Рельеф под ней: от { $ground_lowest_m } м до { $ground_highest_m } м над средним уровнем моря.
    .verified = Координаты проверены вторым оператором: { $verified-officer } ({ $verified-notation-name }).
    .details = Подробности: { $details }

say-call-answer = { $answer ->
    [accept] Разговор { $about }: согласие.
    [decline] Разговор { $about }: отказ.
   *[counter] Разговор { $about }: встречное предложение.
}
    .propose = Предлагаемое время: { $propose }.
    .level = Предлагается разговор { at-level }.
    .reason = Причина: { $reason }

say-call-confirm = Подтверждаем: разговор { $about } состоялся.

say-call-held = Разговор { $about } состоялся: начало — { $start }, окончание — { $end }.
    .source = Источник: { $source }

say-call-request = Просим организовать разговор { at-level }.
    .propose = Предлагаемое время: { $propose }.
    .reason = Причина: { $reason }

say-cancel = { $about }: отменяется.
    .reason = Причина: { $reason }

say-card = Автоматическое сообщение: карточка другой стороны проверена ({ $peer_card-short }…), собственная карточка — { $own_card-short }….
    .speaks = Отправитель читает формы уровня { $speaks }.

say-contact = Контакт { at-level }: { $date_only ->
    [true] { $at-day }
   *[false] { $at }
} ({ $certainty-name }). Источник: { $source }

say-declaration = Эта сторона объявляет: линия { $declared-name }.
    .text = Причина: { $text }

say-epoch = С этого места журнал отправителя продолжается в новой эпохе: { $reason-name }. До этого ему было известно собственных сообщений: { $previous-size } (эпоха { $previous-epoch }, корень { $previous-root-short }…), сообщений другой стороны: { $peer-size } (эпоха { $peer-epoch }, корень { $peer-root-short }…).
    .held = Названо и прежних эпох другой стороны: { $held-count }.

say-fork = Журнал { $place-record }, эпоха { $place-epoch }, номер { $place-number }, противоречит сам себе: { $kind-name }.
    .evidence = Подписанные сообщения приложены ({ $evidence-count } байт).

say-keys = С этого места сообщения этой стороны подписаны ключами её карточки { $serial }, заверенной её корневым ключом. { $lost ->
    [true] Прежний ключ утрачен: это сообщение подписано новым.
   *[false] Это сообщение ещё подписано прежним ключом.
} Карточка приложена ({ $card-count } байт).

say-human-test = Проверка дежурного. Наберите в ответ: «{ $phrase }».

say-human-test-answer = Дежурный ответил на проверку { $about }: «{ $phrase }».

say-linetest = Проверка линии. Исходящий журнал: сообщений — { $out-size }, эпоха { $out-epoch }, корень { $out-root-short }…; входящий журнал: сообщений — { $in-size }, эпоха { $in-epoch }, корень { $in-root-short }….
    .scheduled = Назначена на { $scheduled }.
    .heads = Состояние обоих журналов подписано также ML-DSA-65 (байт: { $heads-count }).
    .checkpoint = С контрольной точкой (байт: { $checkpoint-count }).
    .speaks = Отправитель читает формы уровня { $speaks }.

say-linetest-answer = Автоматический ответ на проверку линии { $about }, полученную { $received }: { $equal ->
    [true] журналы совпадают.
   *[false] журналы расходятся.
} Исходящий журнал отвечающей стороны: сообщений — { $out-size }, эпоха { $out-epoch }, корень { $out-root-short }…; входящий: сообщений — { $in-size }, эпоха { $in-epoch }, корень { $in-root-short }….
    .why = Что не так с подписями в проверке: { $why }
    .heads = Состояние обоих журналов подписано также ML-DSA-65 (байт: { $heads-count }).
    .checkpoint = С контрольной точкой (байт: { $checkpoint-count }).
    .cosignature = Контрольная точка проверяющей стороны заверена (байт: { $cosignature-count }).
    .speaks = Отправитель читает формы уровня { $speaks }.

say-no-objection = { $about }: возражений нет.

say-not-understood = Автоматический ответ: сообщение записано, но прочитать его не удалось ({ $why }). Начало его хеша: { $about_hash-short }….
    .about = Это сообщение { $about }.

say-objection = { $about }: возражение. Причина: { $reason }

say-opened = Сообщение { $about } открыто дежурным.

say-passed-on = Содержание { $about } доведено до подразделений: { $units }.
    .passed_at = Доведено { $passed_at }.
    .acknowledged_by = Там подтвердил: { $acknowledged_by }.
    .acknowledged_at = Подтверждено { $acknowledged_at }.
    .text = Им сообщено: { $text }

say-readout = Сообщение об итогах разговора { $about }: { $text }

say-revocation = Эта сторона отзывает собственные ключи, которыми могли злоупотребить с { $misused_since }: то, что будет подписано ими впредь, не принимается, а подписанное с того времени оспаривается. Подписанный отзыв приложен ({ $statement-count } байт).

say-revocation-held = Автоматический ответ на отзыв { $about } ({ $statement-short }…): { $equal ->
    [true] названное в нём совпадает с тем, что хранится здесь.
   *[false] названное в нём расходится с тем, что хранится здесь.
} Исходящий журнал отвечающей стороны: сообщений — { $out-size }, эпоха { $out-epoch }, корень { $out-root-short }…; входящий: сообщений — { $in-size }, эпоха { $in-epoch }, корень { $in-root-short }….

say-terms = Предлагаемые условия работы линии.
    .highest_m = Рельеф района: от { $lowest_m } м до { $highest_m } м над средним уровнем моря.
    .test_times = Ежедневные проверки линии в { $test_times } UTC.
    .sealing = Шифрование при передаче: { $sealing-name }.
    .separation = Интервалы, если для деятельности не указаны иные: { $separation-horizontal_m } м по горизонтали, { $separation-vertical_m } м по высоте, { $separation-time_s } с по времени.
    .notice = Наименьший срок уведомления, в секундах: { $notice }.
    .quantum = Подписи ML-DSA-65 при проверках линии: { $quantum-name }.
    .schedule = Проверки линии в: { $schedule }.
    .holidays = Часы этой стороны не действуют: { $holidays }.
    .probe_every_s = Автоматическая проба каждого дешёвого канала — раз в { $probe_every_s } с.
    .answer_within_s = Человек отвечает в течение { $answer_within_s-flash } с (молния), { $answer_within_s-immediate } с (безотлагательное), { $answer_within_s-priority } с (срочное), { $answer_within_s-routine } с (обычное).

say-text = { $text }

say-will-adjust = С учётом { $about } наши планы будут изменены.
    .text = Что изменится: { $text }

say-witness-answer = Автоматическое сообщение свидетеля о состоянии журнала { $head_of }: { $verdict-name }; всего заверено сообщений: { $held }. Контрольная точка, байт: { $checkpoint-count }.

say-witness-consent = Согласие на то, что { $witness } заверяет состояние журналов линии с { $other }: { $consent-name }.

say-witness-heads = Автоматическое сообщение свидетелю: состояние журнала { $head_of } (контрольная точка, байт: { $checkpoint-count }) для сравнения с заверенным последним (сообщений: { $since }).
    .proof = Доказательство продолжения, байт: { $proof-count }.

# Названия форм
form-acknowledged = принято к сведению
form-activity = деятельность
form-call-answer = ответ на запрос разговора
form-call-confirm = подтверждение разговора
form-call-held = разговор состоялся
form-call-request = запрос разговора
form-cancel = отмена
form-card = карточка
form-contact = контакт
form-declaration = заявление о линии
form-epoch = новая эпоха
form-fork = показано противоречие
form-keys = новые ключи
form-human-test = проверка дежурного
form-human-test-answer = ответ на проверку дежурного
form-linetest = проверка линии
form-linetest-answer = ответ на проверку линии
form-no-objection = возражений нет
form-not-understood = не удалось прочитать
form-objection = возражение
form-opened = открыто
form-passed-on = доведено
form-readout = сообщение об итогах разговора
form-revocation = ключи отозваны
form-revocation-held = ответ на отзыв
form-terms = условия работы линии
form-text = текст
form-will-adjust = планы будут изменены
form-witness-answer = ответ свидетеля
form-witness-consent = согласие на свидетеля
form-witness-heads = состояние журнала для свидетеля

# Названия полей
field-about = к чему относится
field-about_hash = хеш сообщения
field-answer = ответ
field-at = время
field-card = карточка
field-certainty = достоверность
field-checkpoint = контрольная точка
field-consent = согласие
field-cosignature = заверение
field-date_only = известна только дата
field-datum = начало отсчёта высоты
field-declared = объявлено
field-details = подробности
field-edges = линии границы
field-end = окончание
field-epoch = эпоха
field-equal = журналы совпадают
field-escort = сопровождение
field-head_of = журнал
field-heads = подписи ML-DSA-65
field-held = заверено сообщений
field-highest_m = наибольшая высота местности (м)
field-horizontal_m = по горизонтали (м)
field-in = входящий журнал
field-kind = вид
field-level = уровень
field-lost = прежний ключ утрачен
field-lower = нижняя граница высоты
field-lowest_m = наименьшая высота местности (м)
field-misused_since = возможное злоупотребление с
field-other = другая сторона линии
field-out = исходящий журнал
field-own_card = собственная карточка
field-peer_card = карточка другой стороны
field-proof = доказательство
field-propose = предлагаемое время
field-quantum = ML-DSA-65 при проверках линии
field-reason = причина
field-received = получено
field-ref = номер у отправителя
field-root = корень
field-route = маршрут
field-scheduled = назначенное время
field-sealing = шифрование при передаче
field-separation = интервалы
field-serial = порядковый номер
field-shape = место
field-since = доказательство начинается с
field-size = число сообщений
field-source = источник
field-speaks = уровень форм
field-start = начало
field-statement = подписанное заявление
field-test_times = время проверок линии
field-text = текст
field-time_s = по времени (с)
field-title = название
field-unit = единица измерения
field-units = подразделения
field-upper = верхняя граница высоты
field-vehicles = количество техники
field-verdict = решение
field-vertical_m = по высоте (м)
field-why = почему
field-evidence = доказательство
field-number = номер
field-peer = журнал другой стороны
field-place = место
field-previous = собственный журнал до этого
field-record = чей журнал
field-witness = свидетель
field-phrase = фраза
field-flash = молния
field-immediate = безотлагательное
field-priority = срочное
field-routine = обычное
field-schedule = расписание проверок линии
field-holidays = праздничные дни
field-probe_every_s = между пробами (с)
field-answer_within_s = человек отвечает в течение (с)
field-time = время
field-zone = часовой пояс
field-weekdays = дни недели

# Слова для выбора
answer-accept = согласие
answer-counter = встречное предложение
answer-decline = отказ
certainty-certain = достоверно
certainty-reported = по сообщениям
datum-AGL = над поверхностью земли
datum-AMSL = над средним уровнем моря
datum-HAE = над эллипсоидом WGS 84
edges-geodesic = стороны — геодезические линии
edges-lonlat = стороны — прямые по долготе и широте
escort-armed = вооружённое
escort-none = нет
escort-unarmed = невооружённое
kind-convoy = колонна
kind-exercise = учения
kind-flight = полёт
kind-ground-movement = передвижение по земле
kind-live-fire = стрельбы
kind-naval-movement = передвижение по морю
kind-other = иное
kind-site = объект
kind-unmanned-flight = полёт беспилотного аппарата
level-chief = начальник генерального штаба
level-commander = командующий
level-desk = дежурный пост
level-leader = руководитель государства
level-minister = министр
unit-ft = футов
unit-m = м
epoch-reason-restored = станция восстановлена из резервной копии
epoch-reason-copied = станция оказалась копией
epoch-reason-rolled-back = станция отстала от того, что подписала
epoch-reason-fork = журнал нельзя было продолжать
fork-kind-messages = два сообщения на одном месте
fork-kind-heads = два заверения одного размера
fork-kind-leaves = два листа на одном месте
fork-kind-unproven = пока не доказано
weekday-mon = пн
weekday-tue = вт
weekday-wed = ср
weekday-thu = чт
weekday-fri = пт
weekday-sat = сб
weekday-sun = вс

# Слова для состояний
precedence-flash = молния
precedence-immediate = безотлагательное
precedence-priority = срочное
precedence-routine = обычное
direction-in = получено
direction-out = отправлено
state-queued = в очереди
state-sent = отправлено
state-held = у получателя, раньше предыдущих
state-received = получено
state-opened = открыто
state-answered = отвечено
state-expired = срок истёк
state-withdrawn = отозвано
observed-up = работает
observed-late = запаздывает
observed-down = не отвечает
observed-untested = не проверялась
declared-open = открыта
declared-suspended = приостановлена
sealing-hybrid = X25519 вместе с ML-KEM-768
sealing-x25519 = только X25519
test-passed = пройдена
test-late = с опозданием
test-failed = не пройдена
finding-disk = диск
finding-clock = часы
finding-network = сеть
finding-carrier = начало канала
finding-probe = проба
finding-line = другая линия
health-well = исправно
health-ill = НЕИСПРАВНО
health-unknown = неизвестно
conclusion-own-disk = Неисправен собственный диск: наша сторона могла не суметь отправить или сохранить.
conclusion-own-network = Из нашей сети нет выхода ни к одному каналу: нас не могли услышать.
conclusion-machine-answers = Автомат другой стороны отвечает на пробы; на саму проверку вовремя не ответили.
conclusion-this-line-unreached = Наша сторона исправна, другие линии отвечают; по этой линии отсюда ничего не достигается.
conclusion-this-line-silent = Наша сторона исправна, другие линии отвечают; канал этой линии достигается, но ответа не приносит.
conclusion-all-silent = Не отвечает ни одна линия; на нашей стороне неисправностей не найдено.
conclusion-nothing-to-compare = На нашей стороне неисправностей не найдено; сравнить не с чем: другой линии нет.
conclusion-not-known = Почему другая сторона не ответила, здесь неизвестно. Спросите голосом.
call-sought = запрошен
call-accepted = согласован
call-countered = встречное предложение
call-declined = отклонён
call-unanswered = без ответа
call-expired = срок истёк
call-withdrawn = запрос отозван
call-held = состоялся
contact-claimed = заявлен одной стороной
contact-confirmed = подтверждён обеими сторонами
conflict-found = обнаружен
conflict-acknowledged = принят к сведению
conflict-resolved = устранён
conflict-accepted = признан допустимым
conflict-expired = миновал
whose-ours = у нас
whose-theirs = на другой стороне
whose-carrier = канал связи
alarm-conflict = КОНФЛИКТ: сталкиваются два плана
alarm-card-differs = у другой стороны другая карточка
alarm-records-differ = журналы сторон расходятся
alarm-heads-fail = подписи под состоянием журналов неверны
alarm-witness-unproven = свидетелю показали состояние журнала, не продолжающее заверенное
alarm-witness-contradicts = свидетелю показали состояние журнала, противоречащее заверенному
alarm-witness-differs = свидетель заверил другой журнал
alarm-fork-messages = другая сторона подписала два сообщения на одном месте
alarm-fork-heads = другая сторона подписала два заверения одного размера
alarm-fork-leaves = другая сторона подписала два листа на одном месте
alarm-fork-unproven = слова другой стороны противоречат нашему журналу
alarm-epoch-restored = станция восстановлена из резервной копии: началась новая эпоха
alarm-epoch-copied = станция оказалась копией: началась новая эпоха
alarm-epoch-rolled-back = станция отстала от того, что подписала: началась новая эпоха
alarm-epoch-fork = наш журнал нельзя было продолжать: началась новая эпоха
alarm-own-card-newer = другой стороне известны наши более новые ключи: у станции старые, нужна команда keys rotate --lost
consent-given = дано
consent-withdrawn = отозвано
quantum-off = нет
quantum-on = да
verdict-contradicts = противоречит заверенному
verdict-cosigned = заверено
verdict-no-consent = не заверено: нужно согласие обеих сторон
verdict-older = не заверено: старше заверенного
verdict-stale = пока не заверено: доказательство начинается с другого места
verdict-unproven = не заверено: не доказано, что продолжает заверенное

# Urgency
say-stop = СТОП. Место { $place }: по нему наносите удар вы.
    .site = Объект был заявлен как { $site }.
    .what = Там находится: { $what }.
    .text = { $text }
    .valid_until = Действует до { $valid_until }.
say-stop-answer = Ответ на требование прекратить { $about }: { $answer-name }.
    .text = { $text }
say-query = Это ваше, не ваше или вам неизвестно: { $what-name }, { $place }?
    .at = Время наблюдения: { $at }.
    .text = { $text }
    .valid_until = Действует до { $valid_until }.
say-query-answer = Ответ на запрос { $about }: { $answer-name }.
    .text = { $text }
say-accident = АВАРИЯ, НЕ НАПАДЕНИЕ: { $what }. Место { $place }, время { $at }.
    .heading = Направление: { $heading }.
    .towards = В сторону { $towards }
    .text = { $text }
    .valid_until = Действует до { $valid_until }.
say-escalation = Автоматическое сообщение: на { $about } ещё никто из людей не ответил; вызваны: { $step-name }; людей для вызова: { $called }.
say-wake = Автоматическое сообщение: с { $since } никто на этом посту не ответил на срочное. Просьба связаться с людьми поста любым доступным способом.
form-stop = стоп
form-stop-answer = ответ на требование прекратить
form-query = запрос о принадлежности
form-query-answer = ответ на запрос о принадлежности
form-accident = авария
form-escalation = вызов следующих
form-wake = просьба разбудить пост
field-valid_until = действует до
field-site = объект
field-what = что
field-heading = направление
field-towards = в сторону
field-step = шаг
field-called = вызвано
stop-answer-stopped = прекращено
stop-answer-not-ours = не наши
stop-answer-ours-continuing = наши, продолжают
stop-answer-unit-not-reached = с подразделением нет связи
query-what-track = цель
query-what-strike = удар
query-what-force = подразделение
query-answer-ours = наше
query-answer-not-ours = не наше
query-answer-unknown = неизвестно
step-watch = все дежурные офицеры
step-commander = дежурный командир
step-contacts = все контакты
step-desks = посты других линий
alarm-not-received = это сообщение «молния» не получено уже 30 с; звоните другой стороне
alarm-nobody-called = машине другой стороны некого вызвать по этому сообщению; звоните
alarm-no-voice = в её карточке нет телефонов
urgency-waiting = ждёт человека
urgency-overdue = никто не ответил вовремя
urgency-opened = открыто
urgency-answered = отвечено
alarm-alert-failed = сигнал человеку не отправлен

# Деятельность
say-activity-confirm = { $about }: всё ещё на месте, как было объявлено.
form-activity-confirm = подтверждение деятельности
field-contact = радио или телефон
field-site_type = вид объекта
field-permanent = остаётся до отзыва
field-ground_lowest_m = нижняя точка рельефа (м)
field-ground_highest_m = верхняя точка рельефа (м)
field-verified = проверено
field-officer = оператор
field-notation = запись координат
field-notice = наименьший срок уведомления
field-seconds = секунд
kind-missile-test = пуск или испытание ракеты
kind-demining = разминирование
kind-distribution-point = пункт раздачи помощи
site-hospital = больница
site-school = школа
site-camp = лагерь
site-water = водоснабжение
site-depot = склад
notation-decimal = введены повторно в десятичных градусах
notation-dms = введены повторно в градусах, минутах и секундах
notation-mgrs = введены повторно в MGRS
phase-draft = черновик
phase-planned = запланирована, никому не объявлена
phase-announced = объявлена
phase-amended = изменена
phase-active = идёт
phase-ended = закончена
phase-cancelled = отменена
mark-late = ПОЗДНЕЕ УВЕДОМЛЕНИЕ
mark-unconfirmed = НЕ ПОДТВЕРЖДЕНО ПОВТОРНО
mark-unverified = КООРДИНАТЫ НЕ ПРОВЕРЕНЫ
mark-lacking = НЕ ХВАТАЕТ
mark-private = ТОЛЬКО ДЛЯ СВОИХ
mark-nobody-verifies = отправлено и так: на этой станции нет операторов, значит, нет и второго
mark-withheld = подробности для этой роли не показываются
alarm-late-notice = Уведомление пришло позже оговорённого срока
alarm-lacking = В нашем уведомлении нет того, что нужно для его вида: измените его
alarm-unverified = Наши координаты, которые не проверил второй оператор
alarm-site-unconfirmed = Она ещё на месте? Нашу деятельность пора подтвердить
alarm-private-conflict = ТОЛЬКО ДЛЯ СВОИХ: наша деятельность сталкивается с объявленной
alarm-private-unverified = ТОЛЬКО ДЛЯ СВОИХ: координаты, которые второй офицер не проверил
alarm-line-late = проверка линии пропущена
alarm-line-down = подряд пропущены две проверки линии или больше
alarm-human-missed = проверка дежурного не пройдена

# Alarms that leave the house: a title, and a body that says nothing of what a message says
notice-handover = Openline { $party }: проверка
    .body = Передача дежурства: так проверяется доставка ваших тревог. Ничего не произошло.
notice-message = Openline { $party }: { $precedence } от { $line }
    .body = { $id } ждёт человека с { $at }. Откройте консоль или ответьте командой.
notice-line-late = Openline { $party }: пропущена проверка линии, { $line }
    .body = Проверка линии с { $line }, { $at }, не пройдена. Откройте консоль: там сказано, что найдено на нашей стороне.
notice-line-down = Openline { $party }: пропущены проверки линии, { $line }
    .body = Подряд не пройдены две проверки линии с { $line } или больше, последняя { $at }. Откройте консоль: там сказано, что найдено на нашей стороне.
notice-human-missed = Openline { $party }: проверка дежурного не пройдена, { $line }
    .body = На посту { $line } никто не прошёл проверку дежурного, { $at }. Откройте консоль: там сказано, что известно на нашей стороне.

# What is said of a missed test: what was seen here, and no cause
missed-line = На проверку, { $at }, в срок не ответили.
missed-line-wrong = На проверку, { $at }, ответили, но она не пройдена:
missed-looking = Своя сторона ещё проверяется.
missed-human = Фразу из проверки дежурного, { $at }, в срок никто не ввёл.
missed-human-wrong = На проверку дежурного, { $at }, введена другая фраза.
missed-received = Автомат там получил её: { $at }.
missed-unreceived = Квитанции о том, что она туда дошла, нет.
missed-over = МИНОВАЛО: { $at } на проверку ответили.

# Столкновения планов
say-finding = Автоматическое сообщение: машина этой стороны сравнила планы обеих сторон. Вывод, планы, время, расстояние по земле и по высоте (м): { $pairs }.
say-finding-answer = По конфликту { $about } эта сторона говорит: { $answer-name }. Планы: { $first } и { $second }.
    .text = { $text }
say-caution = Предостережение. { $text }
    .place = Вокруг точки { $place }
    .radius_m = В радиусе { $radius_m } м.
    .start = Начиная с { $start }.
    .end = До { $end }.
form-finding = найденные конфликты
form-finding-answer = слово о конфликте
form-caution = предостережение
field-pairs = пары планов
field-first = первый план
field-second = второй план
field-flags = принято во внимание
field-passed_at = доведено в
field-acknowledged_by = кто подтвердил
field-acknowledged_at = подтверждено в
field-radius_m = радиус (м)
pair-conflict = конфликт
pair-none = конфликта больше нет
finding-answer-acknowledged = о конфликте здесь известно
finding-answer-accepted = принято как есть
alarm-not-passed-on = НЕ ДОВЕДЕНО: мы не сообщили своим подразделениям
alarm-not-passed-on-there = НЕ ДОВЕДЕНО: другая сторона не сообщила своим подразделениям
alarm-own-desk = только для своего поста: планы двух других сторон сталкиваются; ни одной из них не говорите о другой
passing-passed = доведено
passing-open = ещё не доведено
passing-over = время прошло

# Примечания к файлу: как прочитана одна деятельность
note-flight-levels = эшелоны – это давление: взяты как высоты над уровнем моря с запасом { $feet } футов и { $percent } %
note-unlimited = сверху не ограничено: взято { $metres } м
note-from-ground = от земли: взято от { $height }, ниже любой суши
note-above-ground = нижняя граница – над землёй: взято от { $height }, ниже любой суши
note-notam-replaces = заменяет { $replaced ->
    [none] другой NOTAM
   *[other] { $replaced }
}, который этим не отменяется
note-notam-time = в строке { $letter }) стоит «{ $text }»: взято указанное вами время { $end ->
    [start] начала
   *[end] окончания
}
note-notam-circle = взят круг из строки Q), центр которого округлён до минуты
note-kml-description = описание не отправляется: отправилось бы поле details в ExtendedData
note-ref-twice = обозначение «{ $ref }» есть в файле и в другом месте: { $place }
note-columns = столбцы не прочитаны: { $names }
note-hidden = строка в книге скрыта, но взята
note-formula = в { $cell } формула: прочитано сохранённое значение «{ $value }»
note-schedule-read = { note-schedule }: прочитано, промежутков времени { $count }
note-schedule-unknown = { note-schedule }: не понято, взято всё время целиком
note-schedule-occurrences = { note-schedule }: промежутков больше { $occurrences } (OCCURRENCES), взято всё время целиком
note-schedule-features = { note-schedule }: промежутков больше, чем вмещает файл ({ $features }, FEATURES), взято всё время целиком
note-schedule-ref = { note-schedule }: промежутков несколько, а обозначение слишком длинное, чтобы назвать каждый, взято всё время целиком
note-schedule = { $of ->
    [line] строка D)
   *[zone] расписание
}
