using System.Text.Json.Serialization;

namespace OrleansChat.Gateway.Doors.Web.Wire;

// What clients send.

/// <summary>Makes a room.</summary>
/// <param name="Room">Its name, without the mark.</param>
/// <param name="Title">Its title.</param>
/// <param name="Kind">Who may join: see <see cref="RoomWords"/>.</param>
/// <param name="History">What new members see.</param>
internal sealed record NewRoomBody(string Room, string Title, string Kind, string History);

/// <summary>Changes a room; what is left out stays.</summary>
internal sealed record RoomChangeBody(string? Title = null, string? Kind = null, string? History = null);

/// <summary>Gives somebody a role in a room; without one, has them be a member.</summary>
internal sealed record RoleBody(string? Role = null);

// What clients get.

/// <summary>A room, as somebody sees it. What only members know is absent for others.</summary>
/// <param name="Room">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Kind">Who may join: <c>public</c> or <c>private</c>.</param>
/// <param name="History">What new members see: <c>all</c>, or what was said since they <c>joined</c>.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Role">The member's role.</param>
/// <param name="Log">The room's log, which the numbers are of.</param>
/// <param name="Epoch">The epoch that they belong to.</param>
/// <param name="Joined">The number of the entry with which the member joined.</param>
/// <param name="Received">The number up to which everything has arrived.</param>
/// <param name="Last">The last number.</param>
internal sealed record RoomBody(
    string Room, string Title, string Kind, string History, int Members, string? Role, string? Log, string? Epoch, long? Joined,
    long? Received, long? Last);

/// <summary>Rooms by name, and after which one to go on; null at the end.</summary>
internal sealed record RoomsBody(RoomBody[] Rooms, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>Members of a room, and after whom to go on; null at the end.</summary>
internal sealed record MembersBody(MemberBody[] Members, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A member of a room, or somebody who is banned from it.</summary>
internal sealed record MemberBody(string User, string Name, string Role);
