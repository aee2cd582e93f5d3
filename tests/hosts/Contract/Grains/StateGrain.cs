using Orleans.Storage;

namespace OrleansChat.Hosts.Tests.Contract.Grains;

[Alias("Tests.IStateGrain")]
public interface IStateGrain : IGrainWithStringKey
{
    [Alias("Read")]
    Task<StateView> Read();

    /// <summary>Sets the text and writes it. Where the write fails, the exception goes to the caller.</summary>
    [Alias("Write")]
    Task<StateView> Write(string text);

    /// <summary>As <see cref="Write"/>, but the grain keeps the exception to itself.</summary>
    [Alias("WriteCarefully")]
    Task<StateView> WriteCarefully(string text);

    /// <summary>Several writes at once, without awaiting one before the next.</summary>
    [Alias("WriteAtOnce")]
    Task<StateView> WriteAtOnce(string[] texts);

    /// <summary>Waits at the gate, then writes.</summary>
    [Alias("WriteLater")]
    Task<StateView> WriteLater(string gate, string text);

    /// <summary>Reads the state again.</summary>
    [Alias("Refresh")]
    Task<StateView> Refresh();

    [Alias("Clear")]
    Task<StateView> Clear();

    /// <summary>Calls another such grain and lets its failure through.</summary>
    [Alias("WriteThrough")]
    Task WriteThrough(string otherKey, string text);
}

/// <summary>What a grain sees of its state.</summary>
[GenerateSerializer, Immutable, Alias("Tests.StateView")]
public sealed record StateView(
    [property: Id(0)] Guid Instance, [property: Id(1)] string? Text, [property: Id(2)] bool RecordExists, [property: Id(3)] bool HasEtag);

/// <summary>What it stores.</summary>
[GenerateSerializer, Alias("Tests.TextState")]
public sealed record TextState
{
    [Id(0)] public string? Text { get; init; }

    [Id(1)] public DateTimeOffset? Nothing { get; init; }
}

public sealed class StateGrain([PersistentState("text", "memory")] IPersistentState<TextState> stored) : Grain, IStateGrain
{
    private readonly Guid _instance = Guid.NewGuid();
    private string? _foundAtStart;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _foundAtStart = stored.State.Text;
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.For(this.GetPrimaryKeyString()).Note($"deactivate {reason.ReasonCode}, started with {_foundAtStart ?? "nothing"}");
        return Task.CompletedTask;
    }

    public Task<StateView> Read() => Task.FromResult(View());

    public async Task<StateView> Write(string text)
    {
        stored.State = stored.State with { Text = text };
        await stored.WriteStateAsync();
        return View();
    }

    public async Task<StateView> WriteCarefully(string text)
    {
        try
        {
            return await Write(text);
        }
        catch (InconsistentStateException)
        {
            return View();
        }
    }

    public async Task<StateView> WriteAtOnce(string[] texts)
    {
        List<Task> writes = [];
        foreach (var one in texts)
        {
            stored.State = new TextState { Text = one };
            writes.Add(stored.WriteStateAsync());
        }

        await Task.WhenAll(writes);
        return View();
    }

    public async Task<StateView> WriteLater(string gate, string text)
    {
        var probe = Probe.For(this.GetPrimaryKeyString());
        probe.Note($"at {gate}");
        await probe.Pass(gate);
        return await Write(text);
    }

    public async Task<StateView> Refresh()
    {
        await stored.ReadStateAsync();
        return View();
    }

    public async Task<StateView> Clear()
    {
        await stored.ClearStateAsync();
        return View();
    }

    public Task WriteThrough(string otherKey, string text) => GrainFactory.GetGrain<IStateGrain>(otherKey).Write(text);

    private StateView View() => new(_instance, stored.State.Text, stored.RecordExists, stored.Etag is not null);
}
