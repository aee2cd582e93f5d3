using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>What the host needs from a state without knowing its type.</summary>
internal abstract class PersistentState
{
    public abstract Task ReadStateAsync(CancellationToken cancellationToken);
}

/// <summary>A state of a grain, stored as the same JSON as with Orleans's System.Text.Json storage serializer.</summary>
internal sealed class PersistentState<T>(string name, string key, IGrainStateStore store) : PersistentState, IPersistentState<T>
{
    private static readonly JsonSerializerOptions Json = new()
    {
        IncludeFields = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private Task _last = Task.CompletedTask;
    private int? _version;
    private bool _wasRead;
    private bool _exists;

    public T State { get; set; } = Activator.CreateInstance<T>();

    public string? Etag => _version?.ToString(CultureInfo.InvariantCulture);

    public bool RecordExists => _wasRead ? _exists : throw new InvalidOperationException("The state was not read yet.");

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public override Task ReadStateAsync(CancellationToken cancellationToken) => InTurn(ReadAsync, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => InTurn(WriteAsync, cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => InTurn(ClearAsync, cancellationToken);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(name, key, cancellationToken);
        var state = stored is null ? default : JsonSerializer.Deserialize<T>(stored.Payload, Json);
        State = state ?? Activator.CreateInstance<T>();
        _version = stored?.Version;
        _exists = stored is not null;
        _wasRead = true;
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(State, Json);
        _version = await store.WriteAsync(name, key, payload, _version, cancellationToken) ?? throw Conflict();
        _exists = true;
    }

    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        if (_version is null)
            await ReadAsync(cancellationToken);
        if (_version is not { } version)
            return;
        if (!await store.DeleteAsync(name, key, version, cancellationToken))
            throw Conflict();
        _version = null;
        _exists = false;
        State = Activator.CreateInstance<T>();
    }

    private Task InTurn(Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
        => _last = RunAfterAsync(_last, operation, cancellationToken);

    private async Task RunAfterAsync(Task previous, Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await operation(cancellationToken);
        }
        catch (Exception exception) when (
            exception is not OrleansException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new OrleansException($"The storage of state {name} failed.", exception);
        }
    }

    private InconsistentStateException Conflict()
        => new($"Another writer has changed the state {name}.", storedEtag: null, currentEtag: Etag);
}
