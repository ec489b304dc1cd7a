<%@ page import="com.harborline.claims.model.User, com.harborline.claims.util.*" %>
<%
  // rwk 10/2009, included by all pages
  User headUsr = Utils.currentUser(request);
  String ctx = request.getContextPath();
%>
<html>
<head>
<title>Harborline Claims</title>
<link rel="stylesheet" type="text/css" href="<%= ctx %>/css/claims.css">
</head>
<body>
<% if (headUsr != null) { %>
<div class="menu">
  <a href="<%= ctx %>/home">Home</a>
  <a href="<%= ctx %>/policySearch.do">Policies</a>
  <a href="<%= ctx %>/claimSearch.do">Claims</a>
  <a href="<%= ctx %>/fnol?what=new">New claim</a>
  <a href="<%= ctx %>/payment">Payments</a>
  <a href="<%= ctx %>/payeeList.do">Payees</a>
  <a href="<%= ctx %>/shopList.do">Shops</a>
  <% if (Utils.hasRole(headUsr, IConstants.ROLE_MANAGER)) { %>
  <a href="<%= ctx %>/adjusters">Adjusters</a>
  <a href="<%= ctx %>/report">Reports</a>
  <a href="<%= ctx %>/board">Board</a>
  <% } %>
  <% if (Utils.hasRole(headUsr, IConstants.ROLE_ADMIN)) { %><a href="<%= ctx %>/users">Users</a><% } %>
  <%= Utils.html(headUsr.getFullName()) %> <a href="<%= ctx %>/logout">Logout</a>
</div>
<% } %>
<% if (request.getAttribute("message") != null) { %>
<p class="msg"><%= Utils.html((String) request.getAttribute("message")) %></p>
<% } %>
