using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>Tells what anyone may know of the service, without a session. There is one.</summary>
[Alias("OrleansChat.IServerGrain"), GrainInterfaceType("OrleansChat.IServerGrain")]
public interface IServerGrain : IGrainWithStringKey
{
    /// <summary>Returns the incarnation of the database, which numbers belong to: a restored one has another.</summary>
    [Alias("GetEpoch"), AlwaysInterleave]
    Task<string> GetEpoch();
}
