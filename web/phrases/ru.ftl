# Фразы консоли на русском языке.

language = Язык
unknown = неизвестно
never = никогда
station-time = Время станции
station-time-guessed = Время станции, не подтверждено

contact-starting = Соединение со станцией
contact-live = Станция на связи
contact-lost = СТАНЦИЯ ПОТЕРЯНА
contact-locked = НЕТ СЕАНСА

banner-lost = СТАНЦИЯ ПОТЕРЯНА – ДАННЫЕ НА СТРАНИЦЕ УСТАРЕЛИ
banner-lost-next = Станция, которая выдаёт эту страницу, не отвечает; страница продолжает попытки. Проверьте, работает ли станция, а пока пользуйтесь другими средствами.
banner-locked = НЕТ СЕАНСА – СТРАНИЦА НЕ ОБНОВЛЯЕТСЯ
banner-locked-next = Откройте одноразовую ссылку, которую станция напечатала при запуске. Ссылка действует один раз и 15 минут; новую выдаёт команда openline console-link.
banner-locked-by-name = Введите ниже имя и пароль. Операторов и новые пароли заводит администратор станции.
banner-as-of = Последний сигнал { $age }, данные на { $time }.
as-of = на { $time }, { $age }
as-of-stale = УСТАРЕЛО: на { $time }, { $age }
not-renewed = Не удалось обновить.
nothing-heard = От станции пока ничего не получено.

span-seconds = { $n } с
span-minutes = { $n } мин
span-hours = { $h } ч { $m } мин
span-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}
ago = { $span } назад
ahead = через { $span }
metres = { $n } м
kilometres = { $n } км

alarms = { $n ->
    [one] { $n } тревога ждёт вас
    [few] { $n } тревоги ждут вас
   *[other] { $n } тревог ждут вас
}
alarms-unknown = Не удалось запросить тревоги: их может быть больше.
alarm-line = Линия { $line }
raised = поднята
raised-times = повторов: { $n }
acknowledge = Подтвердить
acknowledging = Подтверждается …
not-acknowledged = Не подтверждено.

lines = Линии
no-lines = Линий пока нет. Чтобы открыть линию, примите карточку другой стороны.
declared = объявлена
last-test = Проверка
last-human-test = Проверка дежурного
never-asked = никого не спрашивали
answered-in = ответ через { $n } с
phrase-typed = Наберите фразу:
phrase-send = Ответить
phrase-not-sent = Не отправлено.
next-test = Следующая
never-tested = не проверялась ни разу
not-scheduled = не назначена
overdue = просрочена на { $span }
round-trip = туда и обратно { $n } мс
clock-offset = расхождение часов { $n } мс
tests-passed = · пройдено { $passed } из { $run }
queue = Очередь
queued = { $n ->
    [0] ничего не ждёт отправки
    [one] { $n } сообщение ждёт отправки
    [few] { $n } сообщения ждут отправки
   *[other] { $n } сообщений ждут отправки
}
conflicts-title = Конфликты
open-conflicts = { $n ->
    [0] не найдено
   *[other] открыто: { $n }
}
records = Журналы
records-sizes = исходящих { $out } · входящих { $in }
in-step = совпадают
out-of-step = НЕ СОВПАДАЮТ
step-unknown = неизвестно, совпадают ли
at-test = при проверке
carriers = Каналы
no-carrier = каналов нет
last-ok = последний раз

observed-up = РАБОТАЕТ
observed-late = ОПАЗДЫВАЕТ
observed-down = НЕ РАБОТАЕТ
observed-untested = НЕ ПРОВЕРЕНА
declared-open = открытой
declared-suspended = приостановленной
result-passed = пройдена
result-late = с опозданием
result-failed = не пройдена
carrier-up = работает
carrier-unknown = ещё не опробован
carrier-down = не работает
carrier-untested = не проверен

contact-clocks = Кто говорил: часы контактов
level = Уровень
days-since = Дней прошло
last-contact = Последний контакт
no-contact-known = не известен
last-known = последнее известное:
calls-none = не запрашивали
calls-sought = разговоры: запрошено { $n }
calls-declined = отклонено { $n }
calls-unanswered = без ответа { $n }
level-desk = Дежурные
level-commander = Командующие
level-chief = Начальники штабов
level-minister = Министры
level-leader = Лидеры
certainty-certain = достоверно
certainty-reported = по сообщениям
certainty-claimed = заявлено одной стороной
certainty-confirmed = подтверждено обеими

messages = Новые сообщения
no-messages = Сообщений пока нет.
messages-routine = Между машинами: { $n } ({ $forms })
messages-older = Более старые: { $n }
message-to = для { $line }
message-from = от { $line }
no-number = ещё без номера
no-text = только в исходном виде
precedence-flash = МОЛНИЯ
precedence-immediate = НЕМЕДЛЕННО
precedence-priority = СРОЧНО
precedence-routine = ОБЫЧНОЕ
message-queued = в очереди
message-sent = отправлено
message-held = принято, ранняя квитанция
message-received = получено
message-opened = открыто
message-answered = есть ответ
message-expired = срок истёк
message-withdrawn = отозвано
form-text = текст
form-acknowledged = принято к сведению
form-call-confirm = разговор подтверждён
form-no-objection = нет возражений
form-objection = возражение
form-opened = открыто
form-passed-on = доведено до подразделений
form-terms = условия линии
form-will-adjust = будет изменено
form-card = карточка
form-activity = деятельность
form-cancel = отмена
form-human-test = проверка дежурного
form-human-test-answer = ответ на проверку дежурного
form-linetest = проверка линии
form-linetest-answer = ответ на проверку
form-call-request = запрос разговора
form-call-answer = ответ на запрос
form-call-held = разговор состоялся
form-contact = контакт
form-readout = сообщение о разговоре
form-not-understood = не понято (автоматически)
form-declaration = объявлено состояние линии
form-epoch = новая эпоха журнала
form-fork = противоречие в журнале
form-keys = новые ключи
form-revocation = ключи отозваны
form-revocation-held = отзыв ключей подтверждён (автоматически)
form-witness-consent = свидетель: согласие
form-witness-heads = свидетель: показаны вершины (автоматически)
form-witness-answer = свидетель: ответ (автоматически)
disputed = оспаривается: отправитель заявил, что этим ключом тогда уже злоупотребляли

map = Деятельность и конфликты
map-absent = Этот браузер не может нарисовать карту (нет WebGL). Всё, что на ней, перечислено ниже.
map-failed = Карту не удалось нарисовать. Всё, что на ней, перечислено ниже.
map-drawing = Карта рисуется …
map-label = Карта деятельности
map-source = Береговая линия: Natural Earth. Границы не показаны.
show-all = Показать всё
legend-own = наша ({ $party })
legend-theirs = другой стороны
legend-conflict = в конфликте
conflicts = Конфликты
no-conflicts = Среди известной станции деятельности конфликтов не найдено.
conflict-number = Конфликт { $n }
apart = расстояние { $h }
overlap = районы пересекаются
vertical = { $v } по высоте
vertical-overlap = высоты пересекаются
distance-unknown = расстояние неизвестно
conflict-found = найден
conflict-acknowledged = принят к сведению
conflict-resolved = устранён
conflict-accepted = допущен
conflict-expired = истёк
activities = Деятельность
no-activities = О деятельности ничего не известно. Это не значит, что там ничего не происходит.
activity-band = Высота
activity-time = Время
activity-kind = Вид
activity-state = Состояние
activity-party = Сторона
activity-id = Номер
phase-announced = объявлена
phase-active = идёт
phase-ended = завершена
phase-cancelled = отменена
flag-datum = высоты от разных уровней: сравнены с запасом
flag-ground = высота над землёй: сравнена с низшей и высшей точкой местности
flag-within-error = в пределах погрешности метода: считается конфликтом
past = завершено: { $n }

form-stop = стоп
form-stop-answer = ответ на требование прекратить
form-query = запрос о принадлежности
form-query-answer = ответ на запрос о принадлежности
form-accident = авария
form-escalation = вызваны люди (автоматически)
form-wake = просьба разбудить пост (автоматически)

silence = Выключить звук
sound-blocked = Браузер не даёт странице звучать, пока вы не щёлкнете по ней или не нажмёте клавишу.
not-answered = Ответ не отправлен.
story = Что с ним стало
answer-by = Человек должен ответить до { $time }.
step-sent = подписано и отправлено
step-received = получено
answer-opened = Открыто мной
answer-stopped = Прекращено
answer-not-ours = Не наши
answer-ours-continuing = Наши, продолжают
answer-unit-not-reached = С подразделением нет связи
answer-ours = Наше
answer-unknown = Нам неизвестно
form-not-received = ещё не получено
form-nobody-called = там никого нет
form-alert-failed = тревога не отправлена

## Operators
come-in-title = Кто вы?
come-in-why = На этой станции есть операторы: каждый называет имя и пароль.
reads-only = По ссылке можно только читать. Чтобы действовать, назовите имя и пароль: другая сторона видит, кто действовал.
come-in = Войти
leave = Выйти
officer-name = Имя
password = Пароль
password-new = Новый пароль
password-change = Сменить пароль
no-officers = Операторов пока нет
first-why = Тот, у кого есть ссылка, может всё, и ни одно сообщение не называет человека. Создайте первого администратора; после этого каждый, кто действует, называет имя и пароль.
first-make = Создать первого администратора
not-done = Не сделано.
who-is-on = Кто на посту
is-on = на посту
is-off = не на посту
automatic = автоматически
role-observer = наблюдатель
role-officer = оператор
role-supervisor = старший оператор
role-administrator = администратор

## Деятельность
group-private = Только для своих: не отправляется, известно лишь этому посту
group-active = Идёт сейчас
group-ahead = Впереди
group-draft = Черновики: никому не объявлены
legend-private = только для своих
since-until-withdrawn = с { $time }, до отзыва
mark-late = ПОЗДНЕЕ УВЕДОМЛЕНИЕ
mark-unconfirmed = НЕ ПОДТВЕРЖДЕНО – возможно, уже нет
mark-unverified = КООРДИНАТЫ НЕ ПРОВЕРЕНЫ
mark-lacking = НЕ ХВАТАЕТ
mark-private = ТОЛЬКО ДЛЯ СВОИХ
needs-contact = радио или телефон, на котором ответят
needs-route = маршрут
needs-site_type = вид объекта
phase-draft = черновик, никому не объявлен
phase-planned = впереди, никому не объявлена
phase-amended = объявлена, затем изменена
activity-announced = Объявлена
activity-version = Версия
activity-author = Координаты дал
activity-verified = Проверено
activity-confirmed = Всё ещё там
verified-by = { $officer }, { $how }
confirmed-until = сказано { $time }; повторить до { $until }
notation-decimal = введено повторно в десятичных градусах
notation-dms = введено повторно в градусах, минутах, секундах
notation-mgrs = введено повторно в MGRS
amend = Изменить
amend-why = Другая сторона получит новую версию, которая сверяется заново; старая остаётся в обоих журналах.
amend-draft-why = Черновик: ничего не отправляется.
amend-private-why = Ничего не отправляется. Новая версия сразу сверяется со всем объявленным; прежняя хранится здесь.
versions = Все версии
version = Версия { $n }
field-shape = Форма
shape-circle = круг
shape-corridor = коридор
shape-area = область
field-radius_m = Радиус в метрах
field-width_m = Полная ширина в метрах
place-circle = Координаты центра: десятичные, в градусах и минутах или MGRS
place-corridor = Путь: каждая точка на своей строке, по порядку (десятичные, в градусах и минутах или MGRS)
place-area = Углы: каждый на своей строке, по порядку (десятичные, в градусах и минутах или MGRS)
place-area-parts = Строка «hole» начинает вырез в том, что стоит перед ней, строка «area» — ещё одну часть.
draw = На карте
drawing-circle = Нажмите на карту там, где центр, или перетащите его метку.
drawing-corridor = Нажмите на карту, чтобы добавить точку в конец. Перетащите номер, чтобы сдвинуть её; «+» ставит точку между соседними.
drawing-area = Нажмите на карту, чтобы добавить угол в конец. Перетащите номер, чтобы сдвинуть его; «+» ставит угол между соседними.
drawing-done = Закончить
drawing-undo = Вернуть
drawing-remove = Убрать { $n }
handle = Точка { $n }: перетащить — сдвинуть, нажать — выбрать
handle-gap = Поставить точку здесь
shape-read = { $n ->
    [one] Прочитана { $n } точка
    [few] Прочитаны { $n } точки
   *[other] Прочитано { $n } точек
}
shape-read-as = Как это читает станция
shape-unread = Станция не сказала, как она это читает.
nothing-changed = Ничего не изменено.
cancel-activity = Отменить эту деятельность
cancel-why = Другой стороне будет сказано, что её не будет, – на каждой линии, где она объявлена.
confirm = Всё ещё там
confirm-why = Этим за подписью говорится, что она всё ещё там и такая, как объявлена.
verify = Проверить координаты
verify-why = Для другого оператора, не того, кто их дал: введите каждую точку заново из источника, а не с этой страницы. Десятичные градусы, градусы с минутами и секундами или MGRS.
verify-typed = Каждая точка, по одной в строке
announce = Объявить
no-line-chosen = Выберите хотя бы одну линию.
discard = Удалить этот черновик
private-add = Внести деятельность только для своих
private-why = То, что нельзя объявить: цель, патруль. Никогда не покидает эту станцию и сверяется со всем объявленным, сейчас и позже.
private-remove = Удалить эту деятельность
private-alarm = Ничего из этого не отправлено. Об этом знает только эта станция.
field-title = Название
field-start = С (UTC)
field-end = До (UTC)
field-lower = Нижняя высота
field-upper = Верхняя высота
field-unit = Единица обеих высот
field-datum = Высоты над
field-contact = Радио или телефон там
field-details = Подробности
field-reason = Почему
kind-flight = полёт
kind-unmanned-flight = полёт беспилотного аппарата
kind-live-fire = стрельбы
kind-missile-test = пуск или испытание ракеты
kind-naval-movement = передвижение по морю
kind-ground-movement = передвижение по земле
kind-convoy = колонна
kind-demining = разминирование
kind-exercise = учения
kind-distribution-point = пункт раздачи помощи
kind-site = объект
kind-other = иное
form-activity-confirm = деятельность: всё ещё там
form-late-notice = позднее уведомление
form-lacking = в нашем уведомлении не хватает
form-unverified = наши координаты не проверены
form-site-unconfirmed = наша, пора подтвердить
form-private-conflict = только для этого поста
form-private-unverified = только для своих, координаты не проверены
alarms-none = Тревог нет.
alarms-over = { $n ->
    [one] { $n } тревога миновала, её никто не видел
    [few] { $n } тревоги миновали, их никто не видел
   *[other] { $n } тревог миновало, их никто не видел
}
overdue-title = Просроченные ответы
overdue-none = нет
overdue-by = просрочено на { $span }
overdue-ours = не отвечено нами: { $n }
overdue-theirs = не отвечено ими: { $n }
overdue-older = Просрочены давнее: { $n }
overdue-notice = Ответ – в разделе «Уведомления».
overdue-more = Их больше, чем здесь перечислено: openline messages --overdue
call-do-accept = Согласиться …
call-do-counter = Другое время …
call-do-decline = Отклонить …
call-accept-at = Согласованное время (UTC)
call-counter-at = Предлагаемое время (UTC)
call-level = Вместо этого другой уровень
call-no-level = нет
call-reason = Почему (прочтёт другая сторона)
missing-title = { $n ->
    [one] Нет { $n } секрета
   *[other] Нет { $n } секретов
}
missing-why = Секретов нет ни в одной резервной копии. Пока их не введут снова, этими путями ничего не уходит.
missing-heights-title = { $n ->
    [one] Нет { $n } файла высот
   *[other] Нет { $n } файлов высот
}
missing-heights-why = В резервной копии их не было. Пока те же файлы не загружены снова, высоты сравниваются грубее: находятся конфликты, которых может и не быть.
missing-terrain = Модель рельефа { $name }, байт: { $bytes } (openline terrain add), SHA-256
missing-geoid = Сетка геоида { $name }, байт: { $bytes } (openline geoid use), SHA-256
missing-carrier = Канал { $carrier } линии { $line }: { $option } (openline carrier add)
missing-way = Путь { $way } к { $person }: { $kind } (openline reach add)
form-line-late = пропущенная проверка
form-line-down = пропущенные проверки
form-human-missed = проверка дежурного не пройдена
officers-title = Операторы этой станции
officer-role = Роль
officer-add = Добавить оператора
officer-add-why = Первый пароль сообщите оператору другим путём; сменить его он сможет здесь. Имя, которое есть в журнале, никогда не переходит к другому.
officer-disable = Отключить
officer-enable = Включить
password-give = Дать новый пароль
is-disabled = отключён: войти не может
is-you = это вы
form-conflict = конфликт
form-card-differs = карточки расходятся
form-own-card-newer = есть более новые наши ключи
form-records-differ = журналы расходятся
form-heads-fail = подписи под журналами неверны
form-witness-unproven = свидетель: не доказано
form-witness-contradicts = свидетель: противоречие
form-witness-differs = свидетель: другой журнал
form-fork-messages = противоречие в журнале
form-fork-heads = противоречие в журнале
form-fork-leaves = противоречие в журнале
form-fork-unproven = противоречие в журнале, не доказано
form-epoch-restored = восстановлена из резервной копии
form-epoch-copied = оказалась копией
form-epoch-rolled-back = отстала от подписанного
form-epoch-fork = журнал продолжается в новой эпохе
# Столкновения планов
form-finding = найденные конфликты (автоматически)
form-finding-answer = слово о конфликте
form-caution = предостережение
said-nothing = пока ничего не сказала
said-acknowledged = знает о конфликте
said-accepted = принимает как есть
conflict-do-acknowledge = Нам известно
conflict-do-accept = Принять как есть
conflict-do-accept-means = Оба плана остаются как есть. Принято, когда так скажут обе стороны.
conflict-do-amend = Перенести наш план
move-what = Новое время нашего плана «{ $title }», UTC. Другая сторона получит его как новую версию.
move-start = Начало (UTC)
move-end = Конец (UTC)
move-send = Отправить новую версию
move-not = Оставить
move-more = Район и высота остаются прежними.
own-desk = ТОЛЬКО СВОЙ ПОСТ
own-desk-what = Сталкиваются планы двух линий
own-desk-means = Ни одной стороне не говорите о плане другой. Предостережение никого не называет.
notices = { $n ->
    [0] Уведомления
    [one] Уведомления: { $n } НЕ ДОВЕДЕНО
   *[other] Уведомления: { $n } НЕ ДОВЕДЕНО
}
no-notices = Нет действующих уведомлений.
all-passed = Все уведомления доведены.
notices-passed = { $n ->
    [one] { $n } доведено
   *[other] { $n } доведено
}
begins-in = Начнётся через { $span }
began = Началось { $span } назад
ours-to-pass = мы не довели его до своих подразделений
theirs-to-pass = { $party } не довела его до своих подразделений
amended-since = изменено после того, как его довели
unit-acknowledged = подтвердил { $by }
unit-silent = пока не подтверждено
unit-older = о прежней версии
notice-do-passed-on = Доведено …
notice-do-no-objection = Не возражаем
notice-do-objection = Возражаем …
notice-do-will-adjust = Изменим свой план …
notice-passed-on-text = До каких подразделений доведено, через запятую
notice-passed-on-by = Кто там подтвердил, если подтвердил
notice-objection-text = Почему
notice-will-adjust-text = Что изменится
notice-send = Отправить
notice-do-acknowledged = Принято к сведению
form-not-passed-on = уведомление не доведено
form-own-desk = только свой пост

files = Объявить из файла
file-choose = GeoJSON, KML, KMZ, CSV, XLSX, NOTAM, ED-269 или OpenAir
file-look = Посмотреть
file-options = Чего нет в файле
file-options-why = Относится ко всему файлу, где сам файл молчит.
option-kind = Вид деятельности (kind)
option-ref = Обозначение (ref)
option-start = С, с часовым поясом (start)
option-end = До, с часовым поясом (end)
option-zone = Часовой пояс, как Europe/Kyiv (zone)
option-lower = Нижняя высота (lower)
option-upper = Верхняя высота (upper)
option-unit = m или ft (unit)
option-datum = AMSL, HAE или AGL (datum)
option-radius_m = Радиус в метрах (radius_m)
option-width_m = Полная ширина в метрах (width_m)
option-encoding = Кодировка текста (encoding)
file-flight-levels = Эшелоны — широким слоем над уровнем моря
file-understood = Понято планов: { $n } ({ $format }). Ничего ещё не отправлено.
file-errors = { $n ->
    [one] { $n } ошибка. Ничего нельзя отправить, пока она не исправлена.
    [few] { $n } ошибки. Ничего нельзя отправить, пока они не исправлены.
   *[other] { $n } ошибок. Ничего нельзя отправить, пока они не исправлены.
 }
file-send = Отправить: { $line }
file-sent = Объявлено планов: { $n }, линия { $line }.
file-place = В файле
file-ref = Обозначение
file-title = Что
file-time = Когда
file-band = Высоты
file-where = Где
in-file-feature = объект
in-file-row = строка
in-file-placemark = метка
in-file-zone = зона
in-file-airspace = воздушное пространство
in-file-line = строка
file-unreadable = Браузер не смог прочитать этот файл. Выберите его снова.

check = Проверить на конфликты
check-none = Конфликтов нет ни с чем, что известно станции, включая деятельность только для своих. Ничего не отправлено. ({ $time })
check-none-announced = Конфликтов нет ни с чем объявленным, что известно станции. Ничего не отправлено. ({ $time })
check-found = { $n ->
    [one] { $n } конфликт, если это объявить. Ничего не отправлено. ({ $time })
    [few] { $n } конфликта, если это объявить. Ничего не отправлено. ({ $time })
   *[other] { $n } конфликтов, если это объявить. Ничего не отправлено. ({ $time })
}
check-more = и ещё { $n }: openline check
