using System.Text.Json;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>Random statements, each run on the model and on a real database, whose answers must be the same.</summary>
internal sealed partial class StatementSequence(RealTables real, int seed)
{
    private const int Users = 4;
    private const int OnceIds = 25;
    private const string OtherState = "other";

    private readonly Random _random = new(seed);
    private readonly Tables _model = new();
    private readonly HashSet<(string State, string Key)> _keys = [];
    private readonly List<string> _sessions = [];
    private readonly List<Guid> _ids = [];
    private int _step;

    /// <summary>The kinds of answers that there were.</summary>
    public HashSet<string> Outcomes { get; } = [];

    // No id is near an edge: the two clocks are not read at the same time. The database knows no finer times than microseconds.
    private static DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    public async Task RunAsync(int statements)
    {
        _model.Epoch = await real.Conversations.GetEpochAsync();
        await ChangeRetentionAsync(TimeSpan.Zero);
        for (var i = 1; i <= Users; i++) await AddUserAsync(i);
        // The purge goes from the head: what is old must be there first.
        for (var i = 0; i < 2 * Users; i++) await AppendOldAsync();
        for (; _step < statements; _step++)
        {
            await (_random.Next(48) switch
            {
                < 8 => AppendAsync(),
                < 11 => ReadMailboxAsync(),
                11 => AdvanceAsync(),
                12 => _random.Next(2) == 0 ? FindReceiptAsync() : AliveAsync(),
                13 => ChangeUserAsync(),
                14 or 15 => LogInAsync(),
                16 => DeleteAsync(GrainKeys.SessionStateName, Pick(_sessions)),
                17 => WriteAsync(OtherState, $"u:{_random.Next(3)}",
                    [(byte)_random.Next(256)], AnyVersion(OtherState, $"u:{_random.Next(3)}")),
                18 => DeleteAsync(OtherState, $"u:{_random.Next(3)}"),
                19 or 20 => AppendOldAsync(),
                21 or 22 => PurgeAsync(),
                23 => AdmitAsync(),
                24 => CountAsync(),
                < 35 => ConverseAsync(),
                _ => VisitAsync(),
            });
        }
    }

    public async Task CompareContentsAsync()
    {
        var expected = new List<string>();
        foreach (var (account, mailbox) in _model.Mailboxes)
        {
            expected.Add($"p {account} {mailbox.Received} {mailbox.Purged}");
            for (var number = mailbox.Purged + 1; number <= mailbox.LastNumber; number++)
            {
                var (message, sender, _, deletedBy, entry) = mailbox[number];
                var target = message.Target ?? deletedBy ?? entry?.User;
                var by = sender == 0 ? "" : $"{sender}";
                expected.Add($"m {account} {number} {message.Id} {by} {target} {Convert.ToHexStringLower(message.Text)}");
            }
        }
        expected.AddRange(_model.Members.Select(m =>
            $"c {m.Key.Account} {m.Key.Log} {m.Value.Read} {Sql(m.Value.IsMuted)} {Sql(m.Value.IsBlocked)} {m.Value.Revision}"));
        expected.AddRange(_model.Receipts.Select(r =>
            $"r {r.Key.Sender} {r.Key.OnceId} {r.Value.MessageId} {r.Value.Place?.LogId} {r.Value.Place?.Number}"));
        expected.AddRange(_model.Rooms.Values.Select(r =>
            $"o {r.Log} {r.Name} {r.Title} {Sql(r.IsPublic)} {Sql(r.ShowsAll)} {r.ShownAfter} "
            + $"{_model.RoomMembers.Count(m => m.Key.Log == r.Log && m.Value.IsMember)}"));
        expected.AddRange(_model.RoomMembers.Select(m =>
            $"q {m.Key.Log} {m.Key.Account} {(int?)m.Value.Role} {m.Value.Joined} {m.Value.Visible} {m.Value.Received} {m.Value.Read} "
            + $"{Sql(m.Value.IsMuted)} {Sql(m.Value.HasLeft)}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await real.ReadContentsAsync()).Order(StringComparer.Ordinal));

        var states =
            from key in _keys
            let row = _model.Read(key.State, key.Key)
            where row is not null
            select $"{key.State} {key.Key} {row.Version}";
        Assert.Equal(states.Order(StringComparer.Ordinal), (await real.ReadStatesAsync()).Order(StringComparer.Ordinal));
        foreach (var (state, key) in _keys) Same("read state", _model.Read(state, key), await real.States.ReadAsync(state, key, default));
    }

    private static char Sql(bool value) => value ? 't' : 'f';

    private async Task AddUserAsync(int number)
    {
        var user = _model.AddUser($"user{number}", "");
        Same("add account", user.AccountId, await real.AddAccountAsync());
        var key = GrainKeys.ForUser($"user{number}");
        _keys.Add((GrainKeys.UserStateName, key));
        await real.States.WriteAsync(GrainKeys.UserStateName, key, _model.Read(GrainKeys.UserStateName, key)!.Payload, null, default);
        await LogInAsync(number);
    }

    private async Task ChangeUserAsync()
    {
        var key = GrainKeys.ForUser($"user{_random.Next(Users) + 1}");
        var user = JsonSerializer.Deserialize<UserState>(_model.Read(GrainKeys.UserStateName, key)!.Payload)!;
        user = _random.Next(3) switch
        {
            _ when user.Disabled => user with { Disabled = false },
            0 => user with { SecurityStamp = new Guid(_random.Next(), 0, 0, new byte[8]) },
            1 => user with { DisplayName = Pick(["Zoë", "李小龙", "A", new string('ß', 40)]) },
            _ => user with { Disabled = true },
        };
        await WriteAsync(GrainKeys.UserStateName, key, JsonSerializer.SerializeToUtf8Bytes(user), AnyVersion(GrainKeys.UserStateName, key));
    }

    private Task LogInAsync() => LogInAsync(_random.Next(Users) + 1);

    // Mostly with the stamp that holds; sometimes again over a session that is there, or for nobody.
    private Task LogInAsync(int number)
    {
        var user = JsonSerializer.Deserialize<UserState>(
            _model.Read(GrainKeys.UserStateName, GrainKeys.ForUser($"user{number}"))!.Payload)!;
        var key = _sessions.Count > Users && _random.Next(4) == 0 ? Pick(_sessions) : $"s:{_sessions.Count}";
        if (!_sessions.Contains(key)) _sessions.Add(key);
        var session = new SessionState
        {
            User = _random.Next(12) == 0 ? "nobody" : $"user{number}",
            AccountId = user.AccountId,
            SecurityStamp = _random.Next(12) == 0 ? Guid.Empty : user.SecurityStamp,
        };
        return WriteAsync(
            GrainKeys.SessionStateName, key, JsonSerializer.SerializeToUtf8Bytes(session), AnyVersion(GrainKeys.SessionStateName, key));
    }

    private async Task WriteAsync(string state, string key, byte[] payload, int? version)
    {
        _keys.Add((state, key));
        var written = _model.Write(state, key, payload, version);
        Same($"write {state} {key} over {version}", written, await real.States.WriteAsync(state, key, payload, version, default));
        if (written is null)
            Same($"read {state} {key}", _model.Read(state, key), await real.States.ReadAsync(state, key, default));
        Outcomes.Add($"write {written is not null}");
    }

    // Twice: the second time there is nothing.
    private async Task DeleteAsync(string state, string key)
    {
        var version = AnyVersion(state, key) ?? 1;
        for (var i = 0; i < 2; i++)
        {
            var deleted = _model.Delete(state, key, version);
            Same($"delete {state} {key} {version}", deleted, await real.States.DeleteAsync(state, key, version, default));
            Outcomes.Add($"delete {deleted}");
        }
    }

    private int? AnyVersion(string state, string key) =>
        _random.Next(6) == 0 ? Pick<int?>([null, 1, 2, 5]) : _model.Read(state, key)?.Version;

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    private void Same<T>(string statement, T model, T database)
    {
        var (expected, actual) = (JsonSerializer.Serialize(database), JsonSerializer.Serialize(model));
        Assert.True(expected == actual, $"Seed {seed}, statement {_step}: {statement}\nDatabase: {expected}\nModel:    {actual}");
    }
}
