using Orleans.Concurrency;

namespace OrleansChat.Hosts.Tests.Contract.Grains;

/// <summary>A grain that does what a test tells it and notes it in the <see cref="Probe"/> of its key.</summary>
[Alias("Tests.IProbeGrain")]
public interface IProbeGrain : IGrainWithStringKey
{
    /// <summary>Notes "start NAME", waits at the gate NAME, notes "end NAME".</summary>
    [Alias("Plain")]
    Task Plain(string name);

    [Alias("Interleaving"), AlwaysInterleave]
    Task Interleaving(string name);

    [Alias("Reading"), ReadOnly]
    Task Reading(string name);

    /// <summary>Counts up with an await between reading and writing: two at once would lose one.</summary>
    [Alias("Increment")]
    Task<int> Increment();

    /// <summary>Counts up without waiting.</summary>
    [Alias("Next"), AlwaysInterleave]
    Task<int> Next();

    /// <summary>Counts up without a <see cref="Task"/>.</summary>
    [Alias("NextValue"), AlwaysInterleave]
    ValueTask<int> NextValue();

    /// <summary>Fails behind an await, without a <see cref="Task"/>.</summary>
    [Alias("FailValue")]
    ValueTask FailValue(string message);

    /// <summary>Which instance answers.</summary>
    [Alias("GetInstance")]
    Task<Guid> GetInstance();

    [Alias("Fail")]
    Task Fail(string message);

    [Alias("FailAtOnce")]
    Task FailAtOnce(string message);

    /// <summary>Waits for ever, or until cancelled; notes "cancelled on scheduler" or "cancelled elsewhere" then.</summary>
    [Alias("WaitForCancellation")]
    Task WaitForCancellation(CancellationToken cancellationToken);

    /// <summary>As <see cref="Plain"/>, whatever becomes of the token.</summary>
    [Alias("Stubborn")]
    Task Stubborn(string name, CancellationToken cancellationToken);

    [Alias("Slow"), ResponseTimeout("00:00:00.250")]
    Task Slow(string name);

    [Alias("End")]
    Task End();

    /// <summary>Notes "start NAME", asks for the end, waits at the gate NAME, notes "end NAME".</summary>
    [Alias("EndLater")]
    Task EndLater(string name);

    /// <summary>Calls the grain itself by its reference.</summary>
    [Alias("CallSelf")]
    Task CallSelf();

    /// <summary>Calls another grain without waiting for it.</summary>
    [Alias("CallAndForget")]
    Task CallAndForget(string otherKey, string name);

    /// <summary>Goes on after the answer: waits at the gate NAME and notes where it is then.</summary>
    [Alias("GoOn")]
    Task GoOn(string name);

    /// <summary>Whether code resumes on the grain's scheduler, and in its turns, after awaits of several kinds.</summary>
    [Alias("ResumesHere")]
    Task<bool> ResumesHere();

    [Alias("GetKey")]
    Task<string> GetKey();

    [Alias("Notify")]
    Task Notify(IProbeObserver observer, string what);
}

/// <summary>Something outside the grains that they can call.</summary>
[Alias("Tests.IProbeObserver")]
public interface IProbeObserver : IGrainObserver
{
    [Alias("Tell")]
    Task Tell(string what);

    [Alias("TellBriefly"), ResponseTimeout("00:00:00.250")]
    Task TellBriefly(string what);
}
