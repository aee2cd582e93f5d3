using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>Tells what anyone may know of the service, without a session. There is one.</summary>
[Alias("OrleansChat.IServerGrain"), GrainInterfaceType("OrleansChat.IServerGrain")]
public interface IServerGrain : IGrainWithStringKey
{
    /// <summary>Returns the incarnation of the database, which numbers belong to: a restored one has another.</summary>
    [Alias("GetEpoch"), AlwaysInterleave]
    Task<string> GetEpoch();

    /// <summary>Returns who may register.</summary>
    [Alias("GetRegistration"), AlwaysInterleave]
    Task<RegistrationInfo> GetRegistration();

    /// <summary>Counts a registration; false where there were enough in the last hour, from that address or in all.</summary>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    [Alias("TakeRegistration"), AlwaysInterleave]
    Task<bool> TakeRegistration(string address);

    /// <summary>Takes back a registration of which nothing came.</summary>
    [Alias("GiveBackRegistration"), AlwaysInterleave]
    Task GiveBackRegistration(string address);
}

/// <summary>Who may register.</summary>
public enum RegistrationMode
{
    /// <summary>Nobody: operators add users.</summary>
    Closed = 0,

    /// <summary>Those whom a user has invited.</summary>
    Invite = 1,

    /// <summary>Everybody.</summary>
    Open = 2,
}

/// <summary>Who may register, and with which passwords.</summary>
/// <param name="Mode">Who may register.</param>
/// <param name="MinPasswordLength">The smallest length of a password, in characters.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RegistrationInfo")]
public sealed record RegistrationInfo([property: Id(0)] RegistrationMode Mode, [property: Id(1)] int MinPasswordLength);
